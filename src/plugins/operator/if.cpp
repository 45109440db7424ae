// if>: one of two branches (spec digdag 4.6).

#include "plugins/plugins.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mogura::plugins {
namespace {

class If final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto branch = choose(context.parameters);
        if (branch.ok()) return engine::Done{.subtask_config = std::move(*branch)};
        return engine::failed_config(branch.error().message());
    }
    bool honours_retry() const override { return false; }
    std::optional<std::vector<std::string>> keys() const override {
        return std::vector<std::string>{"_do", "_else_do"};
    }
    engine::OperatorOptions options() const override {
        return {
            .options = {
                {.name = "_command", .kind = engine::OptionKind::kBoolean, .is_required = true}}};
    }

  private:
    static Result<config::Map> choose(const config::Map& parameters) {
        bool condition = TRY(engine::required_boolean(parameters, "_command"));
        config::Map yes = TRY(engine::task_block(parameters, "_do"));
        config::Map no = TRY(engine::task_block(parameters, "_else_do"));
        if (yes.empty() && no.empty()) {
            return Error(Code::kInvalid, "Both _do and _else_do are not specified.");
        }
        return condition ? std::move(yes) : std::move(no);
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, if) {
    registry.operators.add("if", "Run _do when true, _else_do otherwise.",
                           [] { return std::make_unique<If>(); });
}
