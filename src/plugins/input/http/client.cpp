#include "plugins/input/http/client.h"

#include "base/log.h"
#include "base/text.h"
#include "base/utf8.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace mogura::plugins::web {
namespace {

constexpr int kRedirectsMax = 10;
constexpr size_t kShownBodyBytes = 200;
constexpr size_t kRefusalBytesMax = 1024 * 1024;  // of the body of an answer that is not 2xx
constexpr std::chrono::minutes kWaitMax{30};

bool is_success(const net::HttpAnswer& answer) {
    return answer.status >= 200 && answer.status < 300;
}

// Whether the same request may be answered better later.
bool is_passing(int status) {
    return status == 408 || status == 425 || status == 429 ||
           (status >= 500 && status != 501 && status != 505 && status != 511);
}

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_passing(const Error& error) {
    return error.code() == Code::kTimeout || error.code() == Code::kUnavailable;
}

Code code_of(int status) {
    if (is_passing(status)) return Code::kUnavailable;
    if (status == 401 || status == 403 || status == 407) return Code::kDenied;
    return status == 404 || status == 410 ? Code::kNotFound : Code::kInvalid;
}

const char* remedy_of(int status) {
    if (is_passing(status)) return "try again later, or raise max_retries or retry_interval";
    if (status == 401 || status == 403) {
        return "check basic_auth, request_headers, or the key in params";
    }
    if (status == 404 || status == 410) return "check url and params";
    if (status >= 300 && status < 400) return "ask where it leads";
    return "check url, params and request_headers";
}

// Of a connection that did not stand or did not last; the words are the library's.
const char* remedy_of(const std::string& failure) {
    if (failure.find("bytes remaining") != failure.npos) {
        return " (the server broke off: try again later)";
    }
    if (failure.find("content unencoding") != failure.npos) {
        return " (the answer is not packed as its Content-Encoding says: tell whoever runs the "
               "server)";
    }
    return " (is the server there, and the host's name right?)";
}

// The beginning of a text, cut between characters; what is no UTF-8 becomes a question mark.
std::string beginning_of(std::string_view text) {
    std::string shown;
    while (!text.empty()) {
        size_t length = base::utf8_length(text);
        if (shown.size() + std::max<size_t>(length, 1) > kShownBodyBytes) return shown + "...";
        char letter = text[0];
        bool is_blank = letter == '\n' || letter == '\r' || letter == '\t';
        shown += length == 0 ? std::string_view("?")
                             : (is_blank ? std::string_view(" ") : text.substr(0, length));
        text.remove_prefix(std::max<size_t>(length, 1));
    }
    return shown;
}

}  // namespace

// Of one request among those of all tasks.
class Client::Turn {
  public:
    explicit Turn(Client& client) : client_(client) {}
    ~Turn() { client_.give_turn(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

  private:
    Client& client_;
};

Client::Client(const Options& options, const load::Context& context)
    : options_(options),
      clock_(context.clock),
      temporary_(context.temporary),
      stop_(context.stop) {}

Result<Answer> Client::ask(net::HttpRequest request) {
    std::string shown = options_.mask.url(request.url);
    request.headers.insert(request.headers.begin(), options_.headers.begin(),
                           options_.headers.end());
    request.time_max = std::chrono::milliseconds(0);
    request.connect_max = options_.open_timeout;
    request.silence_max = std::chrono::ceil<std::chrono::seconds>(options_.read_timeout);
    request.authorities_file = options_.authorities_file;
    request.proxy = options_.proxy;
    request.body_bytes_max = kRefusalBytesMax;
    request.stop = stop_;
    auto body = std::make_shared<Spool>(temporary_);
    request.sink = body.get();
    log::info(request.method + " " + shown);
    for (int64_t retries = 0;; ++retries) {
        body->clear();
        Result<net::HttpAnswer> result = send_once(request);
        if (result.ok() && is_success(*result)) return Answer{*std::move(result), std::move(body)};
        auto pause = wait_before_next(result, retries);
        if (!pause) return failure_of(result, request);
        log::warn("http: asking again", {{"url", shown},
                                         {"because", described(result)},
                                         {"wait_ms", pause->count()},
                                         {"retry", std::to_string(retries + 1) + " of " +
                                                       std::to_string(options_.retries_max)}});
        TRY(wait(*pause));
    }
}

Result<net::HttpAnswer> Client::send_once(const net::HttpRequest& request) {
    if (options_.request_interval.count() == 0) return send_along(request);
    TRY(take_turn());
    Turn turn(*this);
    return send_along(request);
}

Result<net::HttpAnswer> Client::send_along(net::HttpRequest request) const {
    for (int redirects = 0;; ++redirects) {
        net::HttpAnswer answer = TRY(net::send(request));
        auto location = answer.header("Location");
        if (!is_redirect(answer.status) || !location) return answer;
        if (redirects == kRedirectsMax) {
            return Error(Code::kInvalid, "the server redirects again and again; more than " +
                                             std::to_string(kRedirectsMax) +
                                             " times: " + options_.mask.url(answer.url) +
                                             " (does it want a cookie or another url?)");
        }
        TRY(redirect(request, answer.status, *location));
    }
}

Result<> Client::redirect(net::HttpRequest& request, int status, std::string_view location) const {
    auto target = net::resolve_link(request.url, std::string(location));
    if (!target.ok()) return target.error().at("the redirect of " + options_.mask.url(request.url));
    std::string shown = options_.mask.url(*target);
    const std::string scheme = base::lower(target->substr(0, target->find(':')));
    if (scheme != "http" && scheme != "https") {
        return Error(Code::kInvalid, "the server redirects to what is no http: " + shown +
                                         " (ask it for another url)");
    }
    bool keeps_method = status == 307 || status == 308;
    if (!keeps_method) {
        request.method = "GET";
        request.body.reset();
    }
    bool is_same = TRY(net::is_same_server(options_.url, *target));
    if (!is_same && request.body) {
        return Error(Code::kInvalid,
                     "the server sends the post on to another server, which must not see it: " +
                         shown + " (if it may, that is the url to give)");
    }
    if (!request.body) request.headers = is_same ? options_.headers : options_.open_headers;
    request.url = *std::move(target);
    log::info(request.method + " " + shown +
                  (is_same ? "" : " (another server: without request_headers and basic_auth)"),
              {{"redirect", status}});
    return {};
}

Result<> Client::take_turn() {
    std::chrono::nanoseconds pause{0};
    {
        base::Lock lock(mutex_);
        while (is_busy_) free_.wait(mutex_);
        is_busy_ = true;
        pause = next_ - clock_.monotonic();
    }
    auto waited = pause.count() > 0 ? wait(pause) : Result<>();
    base::Lock lock(mutex_);
    if (waited.ok()) {
        next_ = clock_.monotonic() + options_.request_interval;
    } else {
        is_busy_ = false;
        free_.notify_one();
    }
    return waited;
}

void Client::give_turn() {
    base::Lock lock(mutex_);
    is_busy_ = false;
    if (!options_.interval_includes_response_time) {
        next_ = clock_.monotonic() + options_.request_interval;
    }
    free_.notify_one();
}

std::optional<std::chrono::milliseconds> Client::wait_before_next(
    const Result<net::HttpAnswer>& result, int64_t retries) const {
    bool is_worth = result.ok() ? is_passing(result->status) : is_passing(result.error());
    if (!is_worth || retries >= options_.retries_max) return std::nullopt;
    auto pause = options_.retry_interval;
    for (int64_t time = 0; time < retries && pause < kWaitMax; ++time) pause *= 2;
    if (result.ok()) {
        if (auto asked = net::retry_after(*result, clock_.now())) pause = *asked;
    }
    return std::min<std::chrono::milliseconds>(pause, kWaitMax);
}

Result<> Client::wait(std::chrono::nanoseconds time) const {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop_, time, [] { return false; });
    if (!stop_.stop_requested()) return {};
    return Error(Code::kCanceled, "the load was stopped");
}

std::string Client::described(const Result<net::HttpAnswer>& result) const {
    if (!result.ok()) return options_.mask.text(result.error().message());
    std::string text = std::to_string(result->status) + " " + result->reason;
    std::string body = beginning_of(options_.mask.text(result->body));
    return body.empty() ? text : text + ": " + body;
}

Error Client::failure_of(const Result<net::HttpAnswer>& result,
                         const net::HttpRequest& request) const {
    if (stop_.stop_requested()) return Error(Code::kCanceled, "the load was stopped");
    std::string remedy;
    std::string redirected;
    Code code = result.ok() ? code_of(result->status) : result.error().code();
    if (result.ok()) {
        remedy = std::string(" (") + remedy_of(result->status) + ")";
        auto is_same = net::is_same_server(options_.url, result->url);
        if (is_same.ok() && !*is_same) {
            redirected = " of " + options_.mask.url(result->url) +
                         ", which gets neither request_headers nor basic_auth";
        }
    } else if (code == Code::kTimeout) {
        remedy = " (raise open_timeout or read_timeout if the server is slow)";
    } else if (code == Code::kUnavailable) {
        remedy = remedy_of(result.error().message());
    } else if (code == Code::kDenied) {
        remedy = " (ca_file names the certificates to trust)";
    }
    return {code, options_.place + ": " + request.method + " " + options_.mask.url(request.url) +
                      " - " + described(result) + redirected + remedy};
}

}  // namespace mogura::plugins::web
