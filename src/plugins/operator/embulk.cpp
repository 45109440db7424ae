// embulk>: a load of Embulk's (spec digdag 4.10). The same as load>, in this process; under the
// name `digdag`, where a program `embulk` is on the PATH, that program.

#include "plugins/load_task.h"
#include "plugins/plugins.h"
#include "plugins/task_command.h"

#include <memory>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr const char* kConfig = "load.yml";

class EmbulkProgram final : public CommandOperator {
  public:
    explicit EmbulkProgram(std::string program)
        : CommandOperator("embulk"), program_(std::move(program)) {}

  private:
    Result<Plan> plan(const engine::TaskContext& context, const CommandFolder& folder) override {
        Plan planned;
        load::Job job = TRY(load_job_of(context));
        planned.files[kConfig] = config::to_json(job.config) + "\n";
        planned.environment = TRY(own_environment(context));
        planned.arguments = {program_, "run", folder.relative(kConfig)};
        return planned;
    }

    engine::Outcome finish(engine::TaskContext&, const CommandFolder&, int exit_code) override {
        if (exit_code == 0) return engine::Done{};
        return engine::failed("Command failed with code " + std::to_string(exit_code) +
                              " (runtime)");
    }

    const std::string program_;
};

class Embulk final : public engine::Operator {
  public:
    explicit Embulk(const load::Plugins& plugins) : plugins_(plugins) {}
    engine::OperatorOptions options() const override { return load_options(); }

    engine::Outcome run(engine::TaskContext& context) override {
        return chosen(context).run(context);
    }
    std::optional<engine::Again> cancel(engine::TaskContext& context) override {
        return chosen(context).cancel(context);
    }

  private:
    engine::Operator& chosen(engine::TaskContext& context) {
        if (chosen_) return *chosen_;
        auto program = engine::prefers_the_program_embulk(context.compatibility)
                           ? context.executor.find_program("embulk")
                           : std::nullopt;
        if (program) {
            chosen_ = std::make_unique<EmbulkProgram>(*program);
        } else {
            chosen_ = make_load_task(plugins_);
        }
        return *chosen_;
    }

    const load::Plugins& plugins_;
    std::unique_ptr<engine::Operator> chosen_;
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, embulk) {
    registry.operators.add(
        "embulk", "Moves rows from an input to an output (a YAML file or a mapping).",
        [&registry] { return std::make_unique<mogura::plugins::Embulk>(registry); });
}
