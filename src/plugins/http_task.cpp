#include "plugins/http_task.h"

#include "base/log.h"
#include "base/text.h"
#include "plugins/http_content.h"
#include "plugins/operator_options.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace mogura::plugins {
namespace {

constexpr int64_t kRedirectsMax = 8;
constexpr int64_t kTimeoutSeconds = 30;
constexpr std::chrono::seconds kWaitFirst{1};
constexpr std::chrono::seconds kWaitLast{30};
constexpr std::chrono::seconds kAskedWaitMax{300};  // that a Retry-After may ask for
constexpr size_t kShownBodyBytes = 200;
constexpr const char* kState = "request";
constexpr const char* kTries = "retry";

Result<std::string> uri_of(const engine::TaskContext& context, const config::Map& parameters,
                           bool takes_uri_secret, HttpTask& task) {
    if (takes_uri_secret) {
        auto secret = TRY(engine::find_secret(context.secrets, parameters, "http.uri"));
        if (secret) {
            task.is_secret = true;
            return *std::move(secret);
        }
    }
    std::string written = TRY(engine::required_text(parameters, "_command"));
    std::string uri = TRY(engine::resolve_secrets(context.secrets, written));
    task.is_secret = uri != written;
    return uri;
}

Result<std::string> authorization_of(const engine::TaskContext& context,
                                     const config::Map& parameters) {
    auto whole = TRY(engine::find_secret(context.secrets, parameters, "http.authorization"));
    if (whole) return *std::move(whole);
    auto user = TRY(engine::find_secret(context.secrets, parameters, "http.user"));
    if (!user) return std::string();
    auto password = TRY(engine::find_secret(context.secrets, parameters, "http.password"));
    return "Basic " + net::encode_base64(*user + ":" + password.value_or(""));
}

std::string proxy_text(const std::string& tls, const std::string& host, const std::string& port) {
    return (tls == "true" ? "https://" : "http://") + host + (port.empty() ? "" : ":" + port);
}

// 4.12.8: the task's own where it may have one, else the installation's.
Result<std::string> proxy_of(const engine::TaskContext& context, const config::Map& parameters) {
    const engine::Settings& settings = context.surroundings.settings;
    config::Map own;
    if (engine::present(parameters, "proxy")) {
        own = TRY(engine::required_map(parameters, "proxy"));
    }
    bool wants_own = TRY(engine::optional_boolean(own, "enabled", false));
    if (wants_own) {
        if (text_setting(settings, "config.http.allow_user_proxy") == "false") {
            return Error(Code::kDenied,
                         "proxy: config.http.allow_user_proxy does not allow tasks one of their "
                         "own");
        }
        std::string host = TRY(engine::required_text(own, "host"));
        auto port = TRY(engine::optional_text(own, "port"));
        bool tls = TRY(engine::optional_boolean(own, "tls", false));
        return proxy_text(tls ? "true" : "false", host, port.value_or(""));
    }
    if (text_setting(settings, "config.http.proxy.enabled") != "true") return std::string();
    return proxy_text(text_setting(settings, "config.http.proxy.tls"),
                      text_setting(settings, "config.http.proxy.host"),
                      text_setting(settings, "config.http.proxy.port"));
}

Result<> read_body(const engine::TaskContext& context, const config::Map& parameters,
                   net::HttpRequest& request) {
    const config::Value* content = engine::present(parameters, "content");
    if (!content) return {};
    auto format = TRY(engine::optional_text(parameters, "content_format"));
    auto type = TRY(engine::optional_text(parameters, "content_type"));
    HttpContent made = TRY(make_content(context.secrets, *content, format, type));
    request.body = std::move(made.body);
    bool has_own = std::any_of(request.headers.begin(), request.headers.end(), [](auto& line) {
        return base::lower(line.first) == "content-type";
    });
    if (!has_own) request.headers.emplace_back("Content-Type", made.type);
    return {};
}

bool is_idempotent(const std::string& method) {
    constexpr std::array kMethods = {"GET", "HEAD", "OPTIONS", "TRACE"};
    return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

Result<> read_limits(const engine::TaskContext& context, const config::Map& parameters,
                     HttpTask& task) {
    int64_t timeout = kTimeoutSeconds;
    if (engine::present(parameters, "timeout")) {
        timeout = TRY(engine::required_integer(parameters, "timeout"));
    }
    task.request.time_max = std::chrono::seconds(timeout);
    bool follows = TRY(engine::optional_boolean(parameters, "follow_redirects", true));
    int64_t redirects = TRY(
        integer_setting(context.surroundings.settings, "config.http.max_redirects", kRedirectsMax));
    task.request.redirects_max = follows ? static_cast<int>(redirects) : 0;
    bool insecure = TRY(engine::optional_boolean(parameters, "insecure", false));
    task.request.verifies_certificate = !insecure;
    task.retries =
        TRY(engine::optional_boolean(parameters, "retry", is_idempotent(task.request.method)));
    return {};
}

// "1 s, 2 s, 4 s ... 30 s", or what the server asks for.
engine::Outcome again(engine::TaskContext& context, const std::string& why,
                      std::optional<std::string_view> asked) {
    config::Map own;
    if (const config::Value* stored = engine::present(context.state, kState)) {
        if (stored->is_map()) own = stored->map();
    }
    auto tries = engine::required_integer(own, kTries);
    int64_t count = tries.ok() ? *tries : 0;
    std::chrono::seconds wait =
        std::min(kWaitLast, kWaitFirst * (int64_t{1} << std::min<int64_t>(count, 5)));
    if (auto seconds = base::parse_integer(asked.value_or("")); seconds && *seconds > 0) {
        wait = std::min(kAskedWaitMax, std::chrono::seconds(*seconds));
    }
    log::warn("a request is tried again",
              {{"task", context.full_name}, {"why", why}, {"seconds", int64_t{wait.count()}}});
    own.set(kTries, count + 1);
    config::Map state = context.state;
    state.set(kState, std::move(own));
    return engine::Again{.at = context.clock.now() + wait, .state = std::move(state)};
}

std::string described(const HttpTask& task, const net::HttpAnswer& answer) {
    std::string body = answer.body.substr(0, kShownBodyBytes);
    while (!body.empty() && body.size() == kShownBodyBytes &&
           (static_cast<unsigned char>(body.back()) & 0x80) != 0) {
        body.pop_back();  // perhaps the half of a character
    }
    return task.request.method + " " + task.shown_uri + " - " + std::to_string(answer.status) +
           " " + answer.reason + ": " + body;
}

}  // namespace

Result<HttpTask> read_http_task(const engine::TaskContext& context, const config::Map& parameters,
                                bool takes_uri_secret) {
    HttpTask task;
    net::HttpRequest& request = task.request;
    request.url = TRY(uri_of(context, parameters, takes_uri_secret, task));
    auto method = TRY(engine::optional_text(parameters, "method"));
    request.method = method.value_or("GET");
    std::string query = TRY(make_query(context.secrets, parameters));
    request.url = net::with_query(std::move(request.url), query);
    size_t scheme = request.url.find("://");
    task.shown_uri = task.is_secret ? request.url.substr(0, scheme) + "://***" : request.url;
    if (scheme == std::string::npos) {
        return Error(Code::kInvalid, "not a URI with http:// or https://" +
                                         (task.is_secret ? std::string() : ": " + request.url));
    }
    request.headers = TRY(make_headers(context.secrets, parameters));
    std::string authorization = TRY(authorization_of(context, parameters));
    if (!authorization.empty()) request.headers.emplace_back("Authorization", authorization);
    std::string agent = text_setting(context.surroundings.settings, "config.http.user_agent");
    request.headers.emplace_back("User-Agent", agent.empty() ? "Mogura" : agent);
    TRY(read_body(context, parameters, request));
    TRY(read_limits(context, parameters, task));
    request.proxy = TRY(proxy_of(context, parameters));
    request.stop = context.stop;
    return task;
}

std::vector<engine::OperatorOption> http_options() {
    using Kind = engine::OptionKind;
    return {{.name = "_command", .kind = Kind::kText},
            {.name = "method",
             .kind = Kind::kText,
             .help = "GET, POST, PUT and so on; GET without it."},
            {.name = "query", .help = "Behind the ?: a mapping, or a text such as a=b&c=d."},
            {.name = "headers", .help = "A list of mappings with one header each."},
            {.name = "content", .help = "The body: text, or a mapping or list that becomes JSON."},
            {.name = "content_format",
             .kind = Kind::kText,
             .help = "How content is written: text, json or form."},
            {.name = "content_type", .kind = Kind::kText, .help = "The body's media type."},
            {.name = "timeout",
             .kind = Kind::kInteger,
             .help = "Seconds for the whole exchange; 30 without it."},
            {.name = "follow_redirects",
             .kind = Kind::kBoolean,
             .help = "Go where a redirect leads; true without it."},
            {.name = "insecure", .kind = Kind::kBoolean, .help = "Accept any certificate."},
            {.name = "retry",
             .kind = Kind::kBoolean,
             .help = "Try again after 5xx and lost connections."},
            {.name = "proxy", .kind = Kind::kMapping, .help = "enabled, host, port, tls."}};
}

std::variant<net::HttpAnswer, engine::Outcome> exchange(engine::TaskContext& context,
                                                        const HttpTask& task) {
    auto answer = net::send(task.request);
    if (!answer.ok()) {
        const Error& error = answer.error();
        // The library's text may name the host.
        std::string what =
            task.is_secret && error.code() != Code::kLimit ? "the request failed" : error.message();
        std::string why = task.request.method + " " + task.shown_uri + " - " + what;
        if (task.retries && is_worth_retrying(error.code())) return again(context, why, {});
        return engine::failed("HTTP request failed: " + why);
    }
    int status = answer->status;
    auto retry_after = answer->header("Retry-After");
    if (status >= 200 && status < 400) return *std::move(answer);
    if (status == 408 || status == 429)
        return again(context, described(task, *answer), retry_after);
    if (status >= 500 && task.retries) return again(context, described(task, *answer), retry_after);
    if (status >= 500) return engine::failed("HTTP 5XX Server Error: " + described(task, *answer));
    return engine::failed("HTTP 4XX Client Error: " + described(task, *answer));
}

}  // namespace mogura::plugins
