// for_range>: a range of numbers in steps or slices (spec digdag 4.5).

#include "plugins/plugins.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mogura::plugins {
namespace {

struct Range {
    int64_t from = 0;
    int64_t to = 0;
    int64_t step = 1;

    // Unsigned: the distance between two 64-bit numbers may need all bits.
    uint64_t length() const {
        return from < to ? static_cast<uint64_t>(to) - static_cast<uint64_t>(from) : 0;
    }
    uint64_t tasks() const {
        uint64_t whole = length() / static_cast<uint64_t>(step);
        return whole + (length() % static_cast<uint64_t>(step) > 0 ? 1 : 0);
    }
};

Result<Range> read_range(const config::Map& options) {
    Range range;
    range.from = TRY(engine::required_integer(options, "from"));
    range.to = TRY(engine::required_integer(options, "to"));
    const config::Value* step = engine::present(options, "step");
    const config::Value* slices = engine::present(options, "slices");
    if (step && slices) {
        return Error(Code::kInvalid,
                     "Setting both step and slices options to for_range is invalid");
    }
    if (!step && !slices) {
        return Error(Code::kInvalid, "step or slices option is required for for_range");
    }
    const char* name = step ? "step" : "slices";
    int64_t number = TRY(engine::to_integer(step ? *step : *slices, name));
    if (number < 1) {
        return Error(Code::kInvalid, std::string(name) +
                                         " option must be same or greater than 1 but got " +
                                         std::to_string(number));
    }
    range.step = number;
    if (slices) {
        uint64_t count = static_cast<uint64_t>(number);
        uint64_t whole = range.length() / count + (range.length() % count > 0 ? 1 : 0);
        range.step = static_cast<int64_t>(std::clamp<uint64_t>(whole, 1, INT64_MAX));
    }
    return range;
}

class ForRange final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto subtasks = generate(context);
        if (subtasks.ok()) return engine::Done{.subtask_config = std::move(*subtasks)};
        return engine::failed_config(subtasks.error().message());
    }
    bool honours_retry() const override { return false; }
    std::optional<std::vector<std::string>> keys() const override {
        return std::vector<std::string>{"_do"};
    }
    engine::OperatorOptions options() const override {
        return {
            .options = {
                {.name = "_command", .kind = engine::OptionKind::kMapping, .is_required = true}}};
    }
    Result<> check(const config::Map& written) const override {
        const config::Value* command = engine::present(written, "_command");
        if (command && command->is_map() && !engine::is_templated(*command)) {
            TRY(read_range(command->map()));
        }
        return {};
    }

  private:
    static Result<config::Map> generate(const engine::TaskContext& context) {
        auto repeated = TRY(engine::Repeated::read(context.parameters));
        const config::Value* command = TRY(engine::required(context.parameters, "_command"));
        config::Map options = TRY(engine::parsed_map(*command, "_command"));
        Range range = TRY(read_range(options));
        if (range.tasks() > static_cast<uint64_t>(context.tasks_max)) {
            return Error(Code::kLimit, "Too many for_range subtasks (" +
                                           std::to_string(range.tasks()) +
                                           "). Limit: " + std::to_string(context.tasks_max));
        }
        int64_t from = range.from;
        for (uint64_t index = 0; index < range.tasks(); ++index) {
            bool is_last = index + 1 == range.tasks();
            int64_t to = is_last ? range.to : from + range.step;
            config::Map own;
            own.append("from", from);
            own.append("to", to);
            own.append("index", static_cast<int64_t>(index));
            config::Map exports;
            exports.append("range", std::move(own));
            repeated.add("+range-from=" + std::to_string(from) + "&to=" + std::to_string(to),
                         exports);
            from = to;
        }
        return std::move(repeated).take();
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, for_range) {
    registry.operators.add("for_range", "Repeat tasks over a range of numbers, with ${range.from}.",
                           [] { return std::make_unique<ForRange>(); });
}
