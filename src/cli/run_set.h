// Which tasks of a local run are run, taken from an earlier run, or skipped (spec digdag 9.3.5 to
// 9.3.8, 9.3.13), and what -E prints.

#pragma once

#include "base/result.h"
#include "cli/run_options.h"
#include "cli/status_files.h"
#include "engine/engine.h"
#include "workflow/workflow.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::cli {

// The tree of the attempt: all of it, or the part that +TASK names, attached to the root.
Result<std::vector<workflow::TaskDefinition>> tasks_to_run(const workflow::Workflow& workflow,
                                                           const std::string& task);

class RunSet final : public engine::Gatekeeper {
  public:
    // `status` may be null: nothing is taken from earlier runs.
    static Result<std::unique_ptr<RunSet>> create(
        const std::vector<workflow::TaskDefinition>& tasks, const RunOptions& options,
        engine::Compatibility compatibility, const StatusFiles* status,
        std::function<void(std::string_view)> print);

    std::optional<engine::Done> instead_of(const std::string& full_name, bool is_repeat) override;
    std::optional<engine::Done> instead_of_operator(const engine::TaskStart& start,
                                                    const config::Map& parameters) override;
    // Whether the options say to run the task again: results of earlier runs are void.
    bool is_forced(const std::string& full_name) const;
    // Whether a success of the task may be told to later runs.
    bool may_save(const std::string& full_name) const;

  private:
    enum class Mode { kRun, kResume, kSkip };
    RunSet(const RunOptions& options, engine::Compatibility compatibility,
           const StatusFiles* status, std::function<void(std::string_view)> print)
        : options_(options),
          compatibility_(compatibility),
          status_(status),
          print_(std::move(print)) {}
    Mode mode_of(const std::string& full_name) const;

    const RunOptions& options_;
    const engine::Compatibility compatibility_;
    const StatusFiles* status_;
    const std::function<void(std::string_view)> print_;
    std::map<std::string, Mode> modes_;  // of the tasks in the file
};

}  // namespace mogura::cli
