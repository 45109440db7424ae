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
// As servers have seen the original, which names its client behind its own name, also behind one
// that the configuration gives (4.12.9).
constexpr const char* kDigdagAgent = "Digdag/0.10.6";
constexpr const char* kDigdagClient = " Jetty/9.3.11.v20160721";
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

// The first of them that says something.
std::string environment_proxy(const engine::Settings& environment, std::string_view url) {
    std::vector<const char*> names = {"http_proxy", "HTTP_PROXY"};
    if (base::lower(url.substr(0, 6)) == "https:") {
        names.insert(names.begin(), {"https_proxy", "HTTPS_PROXY"});
    }
    for (const char* name : names) {
        auto found = environment.find(name);
        std::string_view proxy = found == environment.end() ? "" : base::trim(found->second);
        if (!proxy.empty()) return std::string(proxy);
    }
    return "";
}

// 4.12.8: the task's own where it may have one, else the installation's, else the environment's.
Result<std::string> proxy_of(const engine::TaskContext& context, const config::Map& parameters,
                             std::string_view url) {
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
    if (text_setting(settings, "config.http.proxy.enabled") != "true") {
        return environment_proxy(context.surroundings.environment, url);
    }
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

std::string upper(std::string text) {
    for (char& letter : text) {
        if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    }
    return text;
}

// "http://user:password@host/" without the user, who stands in no message.
std::string without_user(std::string url) {
    size_t begin = url.find("://") + 3;
    size_t end = std::min(url.find_first_of("/?#", begin), url.size());
    size_t at = url.rfind('@', end);
    if (at != std::string::npos && at >= begin) url.erase(begin, at + 1 - begin);
    return url;
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

std::string described(const HttpTask& task, const net::HttpAnswer& answer) {
    std::string body = answer.body.substr(0, kShownBodyBytes);
    while (!body.empty() && body.size() == kShownBodyBytes &&
           (static_cast<unsigned char>(body.back()) & 0x80) != 0) {
        body.pop_back();  // perhaps the half of a character
    }
    return task.request.method + " " + task.shown_uri + " - " + std::to_string(answer.status) +
           " " + answer.reason + ": " + body;
}

std::string user_agent(const engine::TaskContext& context) {
    const bool is_digdag = engine::calls_itself_digdag(context.compatibility);
    std::string agent = text_setting(context.surroundings.settings, "config.http.user_agent");
    if (agent.empty()) agent = is_digdag ? kDigdagAgent : "Mogura";
    return is_digdag ? agent + kDigdagClient : agent;
}

}  // namespace

Result<HttpTask> read_http_task(const engine::TaskContext& context, const config::Map& parameters,
                                bool takes_uri_secret) {
    HttpTask task;
    net::HttpRequest& request = task.request;
    request.url = TRY(uri_of(context, parameters, takes_uri_secret, task));
    auto method = TRY(engine::optional_text(parameters, "method"));
    request.method = upper(method.value_or("GET"));
    size_t scheme = request.url.find("://");
    if (scheme == std::string::npos) {
        return Error(Code::kInvalid, "not a URI with http:// or https://" +
                                         (task.is_secret ? std::string() : ": " + request.url));
    }
    HttpQuery query = TRY(make_query(context.secrets, parameters));
    task.shown_uri = task.is_secret ? request.url.substr(0, scheme) + "://***"
                                    : net::with_query(without_user(request.url),
                                                      query.has_secret ? "***" : query.text);
    request.url = net::with_query(std::move(request.url), query.text);
    request.headers = TRY(make_headers(context.secrets, parameters));
    std::string authorization = TRY(authorization_of(context, parameters));
    if (!authorization.empty()) request.headers.emplace_back("Authorization", authorization);
    request.headers.emplace_back("User-Agent", user_agent(context));
    TRY(read_body(context, parameters, request));
    TRY(read_limits(context, parameters, task));
    request.proxy = TRY(proxy_of(context, parameters, request.url));
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
            {.name = "headers",
             .kind = Kind::kList,
             .help = "A list of mappings with one header each."},
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

std::variant<net::HttpAnswer, HttpFailure> try_once(const HttpTask& task) {
    auto answer = net::send(task.request);
    if (!answer.ok()) {
        const Error& error = answer.error();
        // The library's text may name the host.
        std::string what =
            task.is_secret && error.code() != Code::kLimit ? "the request failed" : error.message();
        return HttpFailure{.kind = "HTTP request failed",
                           .why = task.request.method + " " + task.shown_uri + " - " + what,
                           .may_pass = task.retries && is_worth_retrying(error.code())};
    }
    int status = answer->status;
    if (status >= 200 && status < 400) return *std::move(answer);
    bool is_always_tried = status == 408 || status == 429;
    HttpFailure failure{.kind = status >= 500 ? "HTTP 5XX Server Error" : "HTTP 4XX Client Error",
                        .why = described(task, *answer),
                        .may_pass = is_always_tried || (status >= 500 && task.retries)};
    if (auto asked = answer->header("Retry-After")) failure.retry_after = std::string(*asked);
    return failure;
}

// 1 s, 2 s, 4 s ... 30 s, or what the server asks for.
engine::Outcome try_again(engine::TaskContext& context, const HttpFailure& failure) {
    config::Map state = state_of_this_try(context.state, {kState});
    config::Map own;
    if (const config::Value* stored = engine::present(state, kState)) {
        if (stored->is_map()) own = stored->map();
    }
    auto tries = engine::required_integer(own, kTries);
    int64_t count = tries.ok() ? *tries : 0;
    std::chrono::seconds wait =
        std::min(kWaitLast, kWaitFirst * (int64_t{1} << std::min<int64_t>(count, 5)));
    auto asked = base::parse_integer(failure.retry_after.value_or(""));
    if (asked && *asked > 0) wait = std::min(kAskedWaitMax, std::chrono::seconds(*asked));
    log::warn(
        "a request is tried again",
        {{"task", context.full_name}, {"why", failure.why}, {"seconds", int64_t{wait.count()}}});
    own.set(kTries, count + 1);
    state.set(kState, std::move(own));
    return engine::Again{.at = context.clock.now() + wait, .state = std::move(state)};
}

std::variant<net::HttpAnswer, engine::Outcome> exchange(engine::TaskContext& context,
                                                        const HttpTask& task) {
    auto result = try_once(task);
    if (auto* answer = std::get_if<net::HttpAnswer>(&result)) return std::move(*answer);
    const auto& failure = std::get<HttpFailure>(result);
    if (failure.may_pass) return try_again(context, failure);
    return engine::Outcome(engine::failed(failure.message()));
}

}  // namespace mogura::plugins
