// loop>: the same tasks N times (spec digdag 4.3).

#include "plugins/plugins.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mogura::plugins {
namespace {

class Loop final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto subtasks = generate(context);
        if (subtasks.ok()) return engine::Done{.subtask_config = std::move(*subtasks)};
        return engine::failed_config(subtasks.error().message());
    }
    bool honours_retry() const override { return false; }
    std::optional<std::vector<std::string>> keys() const override {
        return std::vector<std::string>{"_do", "count"};
    }
    engine::OperatorOptions options() const override {
        using Kind = engine::OptionKind;
        return {.options = {{.name = "_command", .kind = Kind::kInteger, .is_required = true},
                            {.name = "count",
                             .kind = Kind::kInteger,
                             .help = "In place of the number behind the word."}}};
    }

  private:
    static Result<config::Map> generate(const engine::TaskContext& context) {
        auto repeated = TRY(engine::Repeated::read(context.parameters));
        int64_t count = TRY(engine::required_integer(context.parameters, "_command"));
        // A parameter of that name replaces the value (4.3.1).
        if (const config::Value* other = engine::present(context.parameters, "count")) {
            count = TRY(engine::to_integer(*other, "count"));
        }
        if (count > context.tasks_max) {
            return Error(Code::kLimit,
                         "Too many loop subtasks. Limit: " + std::to_string(context.tasks_max));
        }
        for (int64_t index = 0; index < count; ++index) {
            config::Map exports;
            exports.append("i", index);
            repeated.add("+loop-" + std::to_string(index), exports);
        }
        return std::move(repeated).take();
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, loop) {
    registry.operators.add("loop", "Repeat tasks a number of times, with ${i}.",
                           [] { return std::make_unique<Loop>(); });
}
