// echo>: prints a line (spec digdag 4.7.2).

#include "plugins/plugins.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mogura::plugins {
namespace {

class Echo final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto text = engine::required_text(context.parameters, "_command");
        if (!text.ok()) return engine::failed_config(text.error().message());
        context.print(*text + "\n");
        return engine::Done{};
    }
    bool honours_retry() const override { return false; }
    std::optional<std::vector<std::string>> keys() const override {
        return std::vector<std::string>();
    }
    engine::OperatorOptions options() const override {
        return {.options = {
                    {.name = "_command", .kind = engine::OptionKind::kText, .is_required = true}}};
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, echo) {
    registry.operators.add("echo", "Print a line.", [] { return std::make_unique<Echo>(); });
}
