// Running a command for a task: what sh>, py>, rb> and the users' own operators share.
//
// Owns: the task's folder below the temporary one with the files that the command reads, the handle
// in the task's state and in a file, showing what it prints, ending it with grace. Leaves to
// others: which command, and what its exit code and files mean (each operator), where it runs
// (executor).
//
// A command that ends within a few milliseconds is waited for; for others the task is called again
// when the process ends, and now and then to show what it has printed. One that outlived its mogura
// is killed and runs again from its beginning (docs/design/life_of_a_task.md).

#pragma once

#include "base/process.h"
#include "engine/engine.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins {

// The folder of a task's command.
class CommandFolder {
  public:
    CommandFolder(const engine::TaskContext& context, std::string_view word);

    std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }
    // The same from the working directory, as it stands in the command line.
    std::string relative(std::string_view name) const;
    const std::string& path() const { return path_; }

  private:
    std::string path_;
    std::string work_folder_;
};

// An operator that is a command.
class CommandOperator : public engine::Operator {
  public:
    // `word` is the operator's name; it becomes part of the folder's.
    explicit CommandOperator(std::string word) : word_(std::move(word)) {}
    engine::Outcome run(engine::TaskContext& context) final;
    std::optional<engine::Again> cancel(engine::TaskContext& context) final;
    bool runs_program() const final { return true; }

  protected:
    struct Plan {
        std::map<std::string, std::string> files;  // name: content; written before the start
        std::vector<std::string> arguments;
        base::Environment environment;  // besides the process's own
    };
    virtual Result<Plan> plan(const engine::TaskContext& context, const CommandFolder& folder) = 0;
    // The command has ended. The folder goes when the outcome is Done. For Again the state begins
    // with state_without_command(): then the command is started anew.
    virtual engine::Outcome finish(engine::TaskContext& context, const CommandFolder& folder,
                                   int exit_code) = 0;

    static config::Map state_without_command(const engine::TaskContext& context);

  private:
    Result<engine::Outcome> start_or_look(engine::TaskContext& context,
                                          const CommandFolder& folder);
    Result<engine::Outcome> start(engine::TaskContext& context, const CommandFolder& folder);
    engine::Outcome look(engine::TaskContext& context, const CommandFolder& folder,
                         const config::Map& handle, const executor::Status& status);

    const std::string word_;
};

// What the task's own `_env` sets, secrets resolved (6.3.1).
Result<base::Environment> own_environment(const engine::TaskContext& context);
// Whether a parameter of this name can be a variable of the environment (4.8.4).
bool is_variable_name(std::string_view name);

}  // namespace mogura::plugins
