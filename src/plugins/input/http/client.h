// Asks a server until it answers: with waits that double, or as long as its Retry-After says, and
// with a distance between requests.
//
// Any thread may call; with a request_interval they take turns.

#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "plugins/input/http/options.h"
#include "plugins/input/http/spool.h"

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

namespace mogura::plugins::web {

struct Answer {
    net::HttpAnswer head;  // 2xx; its body is in `body`
    std::shared_ptr<const Spool> body;
};

class Client {
  public:
    Client(const Options& options, const load::Context& context);

    // `request` needs its URL, and what of method, body and headers is special about it. Failures
    // have the place of `url`, the URL with its secrets masked, and what can be done.
    Result<Answer> ask(net::HttpRequest request);

  private:
    class Turn;
    Result<> take_turn();
    void give_turn();
    Result<net::HttpAnswer> send_once(const net::HttpRequest& request);
    // To where redirects lead: the library would take the headers along to any server.
    Result<net::HttpAnswer> send_along(net::HttpRequest request) const;
    Result<> redirect(net::HttpRequest& request, int status, std::string_view location) const;
    // Why and when to ask again; nothing when the result is final.
    std::optional<std::chrono::milliseconds> wait_before_next(const Result<net::HttpAnswer>& result,
                                                              int64_t retries) const;
    Result<> wait(std::chrono::nanoseconds time) const;
    Error failure_of(const Result<net::HttpAnswer>& result, const net::HttpRequest& request) const;
    std::string described(const Result<net::HttpAnswer>& result) const;

    const Options& options_;
    const base::Clock& clock_;
    const std::string temporary_;
    const std::stop_token stop_;
    base::Mutex mutex_;
    base::Condition free_;
    bool is_busy_ GUARDED_BY(mutex_) = false;
    std::chrono::nanoseconds next_ GUARDED_BY(mutex_){0};  // when the next request may begin
};

}  // namespace mogura::plugins::web
