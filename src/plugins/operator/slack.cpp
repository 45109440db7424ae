// slack>: posts a message to Slack, or to anything that takes its incoming webhooks (spec digdag
// 4.21.1, 4.21.2). 429 and 5xx are tried again, holding nothing meanwhile.

#include "base/log.h"
#include "net/net.h"
#include "plugins/command_text.h"
#include "plugins/http_task.h"
#include "plugins/operator_options.h"
#include "plugins/plugins.h"

#include <memory>
#include <string>

namespace mogura::plugins {
namespace {

constexpr int64_t kTriesMax = 10;
constexpr const char* kTries = "slack_tries";

// The text as YAML: a mapping that Slack understands.
Result<config::Map> payload_of(const engine::TaskContext& context, const config::Map& parameters) {
    std::string text = TRY(command_text(context, parameters, "message"));
    config::YamlOptions options;
    options.file = "slack>";
    config::Value payload = TRY(config::parse_yaml(text, options));
    bool has_content = payload.is_map() && (engine::present(payload.map(), "text") ||
                                            engine::present(payload.map(), "attachments"));
    if (!has_content) {
        return Error(Code::kInvalid,
                     "'text' or 'attachments' is required in the message, which is a YAML mapping");
    }
    return std::move(payload.map());
}

class Slack final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto outcome = post(context);
        if (outcome.ok()) return std::move(*outcome);
        return failure_of(outcome.error());
    }
    engine::OperatorOptions options() const override {
        return {.options = {
                    {.name = "_command", .is_required = true, .instead = "message"},
                    {.name = "message", .help = "The YAML of the message, when no file is named."},
                    {.name = "webhook_url",
                     .kind = engine::OptionKind::kText,
                     .help = "Where to post; ${secret:NAME} may stand in it."}}};
    }

  private:
    static Result<engine::Outcome> post(engine::TaskContext& context) {
        config::Map parameters = with_defaults(context.parameters, "slack");
        config::Map payload = TRY(payload_of(context, parameters));
        std::string written = TRY(engine::required_text(parameters, "webhook_url"));
        net::HttpRequest request{.method = "POST"};
        request.url = TRY(engine::resolve_secrets(context.secrets, written));
        request.headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                           {"User-Agent", "Mogura"}};
        request.body = "payload=" + net::encode_form(config::to_json(payload));
        request.stop = context.stop;
        HttpTask task{.request = std::move(request), .is_secret = true, .retries = true};
        // The whole address of a webhook is a secret.
        task.shown_uri = task.request.url.substr(0, task.request.url.find("://")) + "://***";
        auto result = try_once(task);
        if (std::holds_alternative<net::HttpAnswer>(result)) return engine::Outcome(engine::Done{});
        return after(context, std::get<HttpFailure>(result));
    }

    static engine::Outcome after(engine::TaskContext& context, const HttpFailure& failure) {
        if (engine::forgives_slack(context.compatibility)) {
            log::warn("slack>: the message was not posted",
                      {{"task", context.full_name}, {"why", failure.why}});
            return engine::Done{};
        }
        if (!failure.may_pass) return engine::failed(failure.message());
        auto tries = engine::required_integer(state_of_this_try(context.state, {kTries}), kTries);
        int64_t count = (tries.ok() ? *tries : 0) + 1;
        if (count == kTriesMax) {
            return engine::failed("slack>: no answer but failures in " + std::to_string(count) +
                                  " tries, the last: " + failure.why);
        }
        engine::Outcome outcome = try_again(context, failure);
        std::get<engine::Again>(outcome).state.set(kTries, count);
        return outcome;
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, slack) {
    registry.operators.add("slack", "Post a message to Slack.",
                           [] { return std::make_unique<Slack>(); });
}
