// An HTTP/1.1 server: keep-alive, pipelining, bounded in every direction.
//
//     auto server = TRY(net::HttpServer::start({.address = "127.0.0.1", .port = 0}, handler));
//     log::info("listening", {{"port", server->port()}});
//     server->stop();            // takes no new requests, waits for those in flight
//
// The handler runs on one of the server's own threads, several at once, and must not block for
// long: it is meant for lookups in memory. A handler that throws costs its request a 500.

#pragma once

#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::net {

enum class Method { kGet, kHead, kPost, kPut, kDelete, kOther };

// One request; valid while its handler runs.
struct Request {
    Method method = Method::kGet;
    std::string target;                                      // as sent: "/v1/tables/a%20b?keys=1"
    std::string path;                                        // without the query, still encoded
    std::vector<std::string> segments;                       // decoded: {"v1", "tables", "a b"}
    std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
    std::string body;

    const std::string* query_value(std::string_view name) const;
    // Names match without regard to case. Nothing is copied: few handlers want a header.
    std::optional<std::string_view> header(std::string_view name) const;

    using Headers = std::optional<std::string_view> (*)(const void* message, std::string_view name);
    Headers find_header = nullptr;
    const void* message = nullptr;
};

struct Response {
    int status = 200;
    std::string body = {};
    std::string_view content_type = "application/json";  // a literal, as the names of headers
    std::vector<std::pair<std::string_view, std::string>> headers = {};
};

using Handler = std::function<Response(const Request&)>;

struct HttpServerOptions {
    std::string address = "127.0.0.1";
    uint16_t port = 8080;  // 0: any free one
    int threads = 2;
    size_t connections_max = 10'000;
    size_t header_bytes_max = 16 * 1024;
    size_t body_bytes_max = 1024 * 1024;
    std::chrono::seconds idle_max{60};
};

class HttpServer {
  public:
    // Fails with kConflict when the address is in use, kDenied when it is not ours to take.
    static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options, Handler handler);
    ~HttpServer();  // stops

    uint16_t port() const;
    void stop();

  private:
    class Listener;
    explicit HttpServer(std::unique_ptr<Listener> listener);
    std::unique_ptr<Listener> listener_;
};

// "%41+b" is "A+b" in a path; `plus_is_blank` for queries.
std::string decode_percent(std::string_view text, bool plus_is_blank);

}  // namespace mogura::net
