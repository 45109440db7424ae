// http>: an HTTP request (spec digdag 4.12).

#include "base/utf8.h"
#include "plugins/http_task.h"
#include "plugins/operator_options.h"
#include "plugins/plugins.h"

#include <memory>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr int64_t kStoredBytesMax = 64 * 1024;

// Parameters are text: what is no UTF-8 shows as replacement characters.
std::string as_text(std::string_view bytes) {
    std::string text;
    while (!bytes.empty()) {
        size_t length = base::utf8_length(bytes);
        text += length > 0 ? bytes.substr(0, length) : std::string_view("\xEF\xBF\xBD");
        bytes.remove_prefix(length > 0 ? length : 1);
    }
    return text;
}

class Http final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto outcome = request(context);
        if (outcome.ok()) return std::move(*outcome);
        return failure_of(outcome.error());
    }
    engine::OperatorOptions options() const override {
        auto options = http_options();
        options.push_back({.name = "store_content",
                           .kind = engine::OptionKind::kBoolean,
                           .help = "Keep the answer as ${http.last_content}."});
        return {.options = std::move(options)};
    }

  private:
    static Result<engine::Outcome> request(engine::TaskContext& context) {
        config::Map parameters = with_defaults(context.parameters, "http");
        HttpTask task = TRY(read_http_task(context, parameters, /*takes_uri_secret=*/true));
        bool stores = TRY(engine::optional_boolean(parameters, "store_content", false));
        int64_t bytes_max =
            TRY(integer_setting(context.surroundings.settings,
                                "config.http.max_stored_response_content_size", kStoredBytesMax));
        auto result = exchange(context, task);
        if (auto* other = std::get_if<engine::Outcome>(&result)) return std::move(*other);
        const auto& answer = std::get<net::HttpAnswer>(result);
        if (stores && static_cast<int64_t>(answer.body.size()) > bytes_max) {
            return engine::Outcome(engine::failed(
                "the answer is too large to be stored: " + std::to_string(answer.body.size()) +
                " bytes, config.http.max_stored_response_content_size is " +
                std::to_string(bytes_max) + " (write it to a file with sh> and curl)"));
        }
        config::Map stored;
        stored.append("last_status", answer.status);
        if (stores) stored.append("last_content", as_text(answer.body));
        engine::Done done{.reset_store_parameters = {"http.last_status", "http.last_content"}};
        done.store_parameters.append("http", std::move(stored));
        return engine::Outcome(std::move(done));
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, http) {
    registry.operators.add("http", "Send an HTTP request.",
                           [] { return std::make_unique<Http>(); });
}
