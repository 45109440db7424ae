// call>: the tasks of another .dig file in this place (spec digdag 4.1).

#include "plugins/plugins.h"
#include "workflow/workflow.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mogura::plugins {
namespace {

class Call final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto subtasks = load(context);
        if (!subtasks.ok()) return engine::failed_config(subtasks.error().message());
        return engine::Done{.subtask_config = std::move(*subtasks)};
    }
    std::optional<std::vector<std::string>> keys() const override {
        return std::vector<std::string>();
    }

  private:
    static Result<config::Map> load(const engine::TaskContext& context) {
        std::string file = TRY(engine::required_text(context.parameters, "_command"));
        auto workdir = TRY(engine::optional_text(context.parameters, "_workdir"));
        return workflow::load_called(context.project_folder, workdir.value_or(""), file);
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, call) {
    registry.operators.add("call", "Run the tasks of another .dig file.",
                           [] { return std::make_unique<Call>(); });
}
