// call>: the tasks of another .dig file in this place (spec digdag 4.1).

#include "plugins/plugins.h"
#include "workflow/workflow.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins {
namespace {

// Below it even a workflow that calls itself for ever stays small: names grow with the depth.
constexpr size_t kDepthMax = 500;

size_t depth_of(std::string_view full_name) {
    size_t depth = 0;
    for (size_t at = full_name.find("^sub"); at != std::string_view::npos;
         at = full_name.find("^sub", at + 1)) {
        ++depth;
    }
    return depth;
}

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
    engine::OperatorOptions options() const override {
        return {.options = {
                    {.name = "_command", .kind = engine::OptionKind::kText, .is_required = true}}};
    }

  private:
    static Result<config::Map> load(const engine::TaskContext& context) {
        std::string file = TRY(engine::required_text(context.parameters, "_command"));
        if (depth_of(context.full_name) >= kDepthMax) {
            return Error(Code::kLimit, "tasks are nested " + std::to_string(kDepthMax) +
                                           " deep: does " + file + " call itself?");
        }
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
