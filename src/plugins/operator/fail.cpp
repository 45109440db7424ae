// fail>: fails with a message (spec digdag 4.7.1).

#include "plugins/plugins.h"

#include <memory>
#include <string>

namespace mogura::plugins {
namespace {

class Fail final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto message = engine::optional_text(context.parameters, "_command");
        if (!message.ok()) return engine::failed_config(message.error().message());
        if (engine::prints_failures(context.compatibility)) {
            context.print(message->value_or("") + "\n");
        }
        return engine::failed(message->value_or(""));
    }
    bool honours_retry() const override { return false; }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, fail) {
    registry.operators.add("fail", "Fail with a message.", [] { return std::make_unique<Fail>(); });
}
