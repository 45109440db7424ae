// notify>: tells people, as the installation is set up to (spec digdag 4.7.4, 9.9). It is also what
// runs when an attempt has failed. A notification that cannot be sent is tried again later.

#include "base/log.h"
#include "plugins/notification.h"
#include "plugins/operator_options.h"
#include "plugins/plugins.h"

#include <algorithm>
#include <memory>
#include <string>

namespace mogura::plugins {
namespace {

constexpr const char* kTries = "notification_tries";

class Notify final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto outcome = tell(context);
        if (outcome.ok()) return std::move(*outcome);
        return failure_of(outcome.error());
    }
    bool honours_retry() const override { return false; }
    engine::OperatorOptions options() const override {
        return {.options = {
                    {.name = "_command", .kind = engine::OptionKind::kText, .is_required = true}}};
    }

  private:
    static Result<engine::Outcome> tell(engine::TaskContext& context) {
        std::string message = TRY(engine::required_text(context.parameters, "_command"));
        auto retry = TRY(notification_retry(context.surroundings.settings));
        auto sent = send_notification(context, notification_payload(context, message));
        if (sent.ok()) {
            log::info(*sent ? "notification sent" : message, {{"task", context.full_name}});
            return engine::Outcome(engine::Done{});
        }
        auto tries = engine::required_integer(context.state, kTries);
        int64_t count = tries.ok() ? *tries : 0;
        bool may = is_worth_retrying(sent.error().code()) && count < retry.retries;
        if (!may) {
            return engine::Outcome(engine::failed("notification: " + sent.error().message()));
        }
        auto wait =
            std::min(retry.wait_max, retry.wait_min * (int64_t{1} << std::min<int64_t>(count, 20)));
        config::Map state = context.state;
        state.set(kTries, count + 1);
        return engine::Outcome(
            engine::Again{.at = context.clock.now() + wait, .state = std::move(state)});
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, notify) {
    registry.operators.add("notify", "Send a notification.",
                           [] { return std::make_unique<Notify>(); });
}
