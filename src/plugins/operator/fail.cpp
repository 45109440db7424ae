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
        engine::Failed failure = message.ok()
                                     ? engine::failed(message->value_or(""))
                                     : engine::failed_config(message.error().message());
        failure.honours_retry = false;
        return failure;
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, fail) {
    registry.operators.add("fail", "Fail with a message.", [] { return std::make_unique<Fail>(); });
}
