// wait>: lets time pass without holding anything (spec digdag 4.7.3). `blocking: true` differs only
// in the original, where it keeps a worker; here it means an exact time to be called again.

#include "plugins/plugins.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mogura::plugins {
namespace {

constexpr const char* kStart = "wait_start_time_millis";
constexpr std::chrono::seconds kWaitMin{1};

class Wait final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto outcome = look(context);
        if (outcome.ok()) return std::move(*outcome);
        return engine::failed_config(outcome.error().message());
    }
    bool honours_retry() const override { return false; }
    std::optional<std::vector<std::string>> keys() const override {
        return std::vector<std::string>{"blocking", "poll_interval"};
    }
    engine::OperatorOptions options() const override {
        using Kind = engine::OptionKind;
        return {
            .options = {
                {.name = "_command", .kind = Kind::kDuration, .is_required = true},
                {.name = "blocking", .kind = Kind::kBoolean, .help = "Hold a thread meanwhile."},
                {.name = "poll_interval",
                 .kind = Kind::kDuration,
                 .help = "How often to look, such as 10s."}}};
    }
    Result<> check(const config::Map& written) const override {
        auto blocking = engine::optional_boolean(written, "blocking", false);
        if (blocking.ok() && *blocking && engine::present(written, "poll_interval")) {
            return poll_and_block();
        }
        return {};
    }

  private:
    static Error poll_and_block() {
        return {Code::kInvalid, "poll_interval can't be specified with blocking:true"};
    }

    static Result<engine::Outcome> look(engine::TaskContext& context) {
        std::string text = TRY(engine::required_text(context.parameters, "_command"));
        std::chrono::seconds duration = TRY(engine::parse_duration(text));
        bool blocking = TRY(engine::optional_boolean(context.parameters, "blocking", false));
        auto poll_text = TRY(engine::optional_text(context.parameters, "poll_interval"));
        if (poll_text && blocking) {
            return poll_and_block();
        }
        std::optional<std::chrono::seconds> poll;
        if (poll_text) poll = TRY(engine::parse_duration(*poll_text));
        base::Instant now = context.clock.now();
        base::Instant begin = now;
        if (const config::Value* since = context.state.find(kStart)) {
            begin =
                base::Instant(std::chrono::milliseconds(TRY(engine::to_integer(*since, kStart))));
        }
        base::Instant end = begin + duration;
        if (now >= end) return engine::Outcome(engine::Done{});
        engine::Again again{.at = end, .state = context.state};
        if (!blocking) again.at = now + std::max<std::chrono::microseconds>(end - now, kWaitMin);
        if (poll) again.at = now + *poll;
        auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(begin.time_since_epoch());
        again.state.set(kStart, int64_t{milliseconds.count()});
        return engine::Outcome(std::move(again));
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, wait) {
    registry.operators.add("wait", "Wait for a duration, such as 1h 30m.",
                           [] { return std::make_unique<Wait>(); });
}
