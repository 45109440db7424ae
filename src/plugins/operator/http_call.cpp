// http_call>: the tasks of a workflow that a server answers with (spec digdag 4.13). The answer is
// taken from memory; the original leaves it in the working directory as http_call.dig.

#include "base/text.h"
#include "plugins/http_task.h"
#include "plugins/operator_options.h"
#include "plugins/plugins.h"
#include "workflow/workflow.h"

#include <memory>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr int64_t kBytesMax = 64 * 1024;
constexpr const char* kFile = "http_call.dig";

// "application/json" of "Application/JSON; charset=utf-8".
std::string media_type(std::string_view content_type) {
    return base::lower(base::trim(content_type.substr(0, content_type.find(';'))));
}

Result<std::string> content_type_of(const net::HttpAnswer& answer, const config::Map& parameters) {
    auto own = TRY(engine::optional_text(parameters, "content_type_override"));
    if (own) return *std::move(own);
    auto sent = answer.header("Content-Type");
    if (sent) return std::string(*sent);
    return Error(Code::kInvalid, "Content-Type must be set in the HTTP response but not set");
}

Result<config::Map> tasks_of(const engine::TaskContext& context, const config::Map& parameters,
                             const net::HttpAnswer& answer) {
    std::string content_type = TRY(content_type_of(answer, parameters));
    std::string type = media_type(content_type);
    if (type == "application/json") {
        TRY(config::parse_json(answer.body, kFile));
    } else if (type != "application/x-yaml") {
        return Error(Code::kInvalid,
                     "Unsupported Content-Type (expected application/json or "
                     "application/x-yaml): " +
                         content_type);
    }
    // JSON is YAML.
    return workflow::load_called_text(answer.body, kFile, context.work_folder);
}

class HttpCall final : public engine::Operator {
  public:
    engine::Outcome run(engine::TaskContext& context) override {
        auto outcome = request(context);
        if (outcome.ok()) return std::move(*outcome);
        return failure_of(outcome.error());
    }
    engine::OperatorOptions options() const override {
        auto options = http_options();
        options.front().is_required = true;
        options.push_back({.name = "content_type_override",
                           .kind = engine::OptionKind::kText,
                           .help = "Take the answer for application/json or application/x-yaml."});
        return {.options = std::move(options)};
    }

  private:
    static Result<engine::Outcome> request(engine::TaskContext& context) {
        config::Map parameters = with_defaults(context.parameters, "http");
        HttpTask task = TRY(read_http_task(context, parameters, /*takes_uri_secret=*/false));
        int64_t bytes_max =
            TRY(integer_setting(context.surroundings.settings,
                                "config.http_call.max_response_content_size", kBytesMax));
        task.request.body_bytes_max = static_cast<size_t>(bytes_max);
        auto result = exchange(context, task);
        if (auto* other = std::get_if<engine::Outcome>(&result)) return std::move(*other);
        config::Map tasks = TRY(tasks_of(context, parameters, std::get<net::HttpAnswer>(result)));
        return engine::Outcome(engine::Done{.subtask_config = std::move(tasks)});
    }
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, http_call) {
    registry.operators.add("http_call", "Run the tasks of a workflow that a server answers with.",
                           [] { return std::make_unique<HttpCall>(); });
}
