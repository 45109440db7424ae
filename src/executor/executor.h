// Running a command somewhere, and watching it: the interface.
//
// Owns: the words for a command, its handle and its status. Leaves to others: where it runs
// (plugins/executor: process here; docker, ecs, kubernetes when they come), when to look again
// (engine). A handle is plain data: it is stored with the task, so that another process can pick
// the command up again.
//
// Any thread.

#pragma once

#include "base/result.h"
#include "config/config.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mogura::executor {

struct Command {
    std::vector<std::string> arguments;
    std::map<std::string, std::string> environment;  // added to the executor's own
    std::string folder;                              // working directory
    std::string output_file;                         // standard output and error, merged, appended
};

struct Status {
    bool is_running = true;
    bool is_lost = false;                // nobody can tell how it ends: it must be run again
    std::optional<int> exit_code;        // when it has ended
    std::optional<int> wake_descriptor;  // becomes readable when something happened; not owned
};

class Executor {
  public:
    virtual ~Executor() = default;
    // Returns the handle.
    virtual Result<config::Map> start(const Command& command) = 0;
    virtual Result<Status> status(const config::Map& handle) = 0;
    // Asks it to end; `force` does not ask. Fine when it has ended.
    virtual Result<> kill(const config::Map& handle, bool force) = 0;
    // Ends, without asking, everything that this object started.
    virtual void kill_all() {}
    // The program that a command's first word would be, where commands run on this machine.
    virtual std::optional<std::string> find_program(const std::string& /*name*/) const {
        return std::nullopt;
    }
};

// Executors by name; `environment` is what commands have besides their own.
struct Executors {
    using Make = std::function<std::unique_ptr<Executor>(std::map<std::string, std::string>)>;
    std::map<std::string, Make> executors;
};

}  // namespace mogura::executor
