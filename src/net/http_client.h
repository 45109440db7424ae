// An HTTP/1.1 client: one request, its whole answer in memory or in a sink, with limits.
//
// Owns: connections, TLS, redirects, proxies, time limits. Leaves to others: when to try again,
// what a status means, secrets in messages (operators). Built on libcurl, which is opened on the
// first use; no type of it shows.
//
//     auto answer = TRY(net::send({.url = "https://example.com/", .time_max = 30s}));
//
// Any thread; blocks. An answer of any status is a success. Failures: kTimeout, kUnavailable (no
// connection), kInvalid (the URL), kLimit (the answer is too large), kDenied (the server's
// certificate), kCanceled.

#pragma once

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::net {

using HeaderLines = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
    std::string method = "GET";
    std::string url = {};
    HeaderLines headers = {};  // sent in this order; the same name may come again
    std::optional<std::string> body = {};
    std::chrono::milliseconds time_max{30'000};  // for the whole exchange; 0: no limit
    std::chrono::milliseconds connect_max{0};    // until a connection stands; 0: time_max alone
    std::chrono::seconds silence_max{0};  // while the server sends nothing; 0: time_max alone
    int redirects_max = 0;                // 0: a redirect is an answer like others
    bool verifies_certificate = true;
    std::string authorities_file = {};  // certificates to trust in place of the system's
    std::string proxy = {};             // "http://host:port"; empty: none, whatever the environment
    size_t body_bytes_max = size_t{16} * 1024 * 1024;
    // Takes the body of a 2xx answer in place of HttpAnswer::body, whatever its size; a part of it
    // when the exchange fails. Never finished here.
    base::ByteSink* sink = nullptr;
    std::stop_token stop = {};
};

struct HttpAnswer {
    int status = 0;
    std::string reason;  // "Not Found"
    std::string url;     // that answered, behind redirects
    HeaderLines headers;
    std::string body;

    // The last header of that name, whatever its case.
    std::optional<std::string_view> header(std::string_view name) const;
};

Result<HttpAnswer> send(const HttpRequest& request);

// How long the answer's Retry-After asks to wait, as seconds or as a date; nothing without one.
std::optional<std::chrono::seconds> retry_after(const HttpAnswer& answer, base::Instant now);

// "a b&c" as "a+b%26c": a name or value of a query or a form.
std::string encode_form(std::string_view text);
// The same with "%20" for a blank, for paths.
std::string encode_percent(std::string_view text);

}  // namespace mogura::net
