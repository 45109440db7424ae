// echo>: prints a line (spec digdag 4.7.2).

#include "plugins/plugins.h"

#include <memory>
#include <string>

namespace mogura::plugins {
namespace {

class Echo final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto text = engine::required_text(context.parameters, "_command");
        engine::Failed failure;
        if (!text.ok()) {
            failure = engine::failed_config(text.error().message());
            failure.honours_retry = false;
            return failure;
        }
        context.print(*text + "\n");
        return engine::Done{};
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, echo) {
    registry.operators.add("echo", "Print a line.", [] { return std::make_unique<Echo>(); });
}
