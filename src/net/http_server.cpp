#include "net/http_server.h"

#include "base/gate.h"
#include "base/log.h"
#include "base/mutex.h"
#include "net/request_line.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <optional>
#include <set>
#include <thread>
#include <utility>

namespace mogura::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

// Errors come back as values; nothing of Asio throws out of a coroutine.

constexpr auto kAsValue = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kAcceptPause{100};

beast::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

Method method_of(http::verb verb) {
    switch (verb) {
        case http::verb::get:
            return Method::kGet;
        case http::verb::head:
            return Method::kHead;
        case http::verb::post:
            return Method::kPost;
        case http::verb::put:
            return Method::kPut;
        case http::verb::delete_:
            return Method::kDelete;
        default:
            return Method::kOther;
    }
}

using Message = http::request<http::string_body>;

std::optional<std::string_view> find_header(const void* message, std::string_view name) {
    const auto& fields = *static_cast<const Message*>(message);
    auto found = fields.find(beast::string_view(name.data(), name.size()));
    if (found == fields.end()) return std::nullopt;
    return std::string_view(found->value().data(), found->value().size());
}

Request to_request(Message& message) {
    Request request;
    request.method = method_of(message.method());
    request.target = std::string(message.target());
    request.body = std::move(message.body());
    request.find_header = find_header;
    request.message = &message;
    read_target(request);
    return request;
}

Response error_response(int status, const std::string& message) {
    return {.status = status, .body = "{\"error\":{\"message\":\"" + message + "\"}}\n"};
}

}  // namespace

class HttpServer::Listener {
  public:
    Listener(HttpServerOptions options, Handler handler)
        : options_(std::move(options)),
          handler_(std::move(handler)),
          context_(options_.threads),
          strand_(asio::make_strand(context_)),
          acceptor_(strand_) {}

    Result<> listen() {
        beast::error_code failure;
        auto address = asio::ip::make_address(options_.address, failure);
        if (failure) {
            return Error(Code::kInvalid, options_.address + ": this is not an IP address");
        }
        tcp::endpoint endpoint(address, options_.port);
        acceptor_.open(endpoint.protocol(), failure);
        if (!failure) acceptor_.set_option(asio::socket_base::reuse_address(true), failure);
        if (!failure) acceptor_.bind(endpoint, failure);
        if (!failure) acceptor_.listen(asio::socket_base::max_listen_connections, failure);
        if (failure) {
            Code code = failure == asio::error::address_in_use  ? Code::kConflict
                        : failure == asio::error::access_denied ? Code::kDenied
                                                                : Code::kUnavailable;
            return Error(code, options_.address + ":" + std::to_string(options_.port) +
                                   ": cannot listen: " + failure.message());
        }
        port_ = acceptor_.local_endpoint().port();
        asio::co_spawn(strand_, accept(), asio::detached);
        for (int index = 0; index < options_.threads; ++index) {
            threads_.emplace_back([this] { context_.run(); });
        }
        return {};
    }

    uint16_t port() const { return port_; }

    void stop() {
        if (stopping_.exchange(true)) return;
        asio::post(strand_, [this] {
            beast::error_code ignored;
            acceptor_.close(ignored);
        });
        gate_.close();
        context_.stop();
        threads_.clear();
    }

  private:
    asio::awaitable<void> accept() {
        while (!stopping_) {
            // A stream's time limit and its reads meet in a strand, so that they never run at once.
            auto [failure, accepted] =
                co_await acceptor_.async_accept(asio::make_strand(context_), kAsValue);
            if (failure) {
                if (stopping_ || failure == asio::error::operation_aborted) co_return;
                log::warn("cannot accept a connection", {{"reason", failure.message()}});
                asio::steady_timer pause(strand_,
                                         kAcceptPause);  // there may be no descriptors left
                co_await pause.async_wait(kAsValue);
                continue;
            }
            tcp::socket socket(std::move(accepted));
            beast::error_code ignored;
            socket.set_option(tcp::no_delay(true), ignored);
            if (connections_.load() >= options_.connections_max) continue;  // closes it
            auto executor = socket.get_executor();
            asio::co_spawn(executor, serve(beast::tcp_stream(std::move(socket))), asio::detached);
        }
    }

    asio::awaitable<void> serve(beast::tcp_stream stream) {
        ++connections_;
        beast::flat_buffer buffer;
        bool keep = true;
        while (keep && !stopping_) {
            http::request_parser<http::string_body> parser;
            parser.header_limit(static_cast<uint32_t>(options_.header_bytes_max));
            parser.body_limit(options_.body_bytes_max);
            stream.expires_after(options_.idle_max);
            auto [failure, read] = co_await http::async_read(stream, buffer, parser, kAsValue);
            std::optional<Response> refused = refusal(failure);
            if (failure && !refused) break;
            auto pass = gate_.enter();
            if (!pass) break;
            Message& message = parser.get();
            keep = !refused && message.keep_alive();
            Response response = refused ? *std::move(refused) : answer(to_request(message));
            bool head = !failure && message.method() == http::verb::head;
            keep = co_await write(stream, std::move(response), keep, head) && keep;
        }
        beast::error_code ignored;
        stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
        --connections_;
    }

    // What to say to a request that could not be read; nothing when there is nobody to say it to.
    static std::optional<Response> refusal(beast::error_code failure) {
        if (!failure || failure == http::error::end_of_stream) return std::nullopt;
        if (failure == http::error::header_limit)
            return error_response(431, "the header is too large");
        if (failure == http::error::body_limit) return error_response(413, "the body is too large");
        if (failure.category() == http::make_error_code(http::error::end_of_stream).category()) {
            if (failure == http::error::partial_message) return std::nullopt;
            return error_response(400, "this is not an HTTP request");
        }
        return std::nullopt;
    }

    Response answer(const Request& request) {
        try {
            return handler_(request);
        } catch (const std::exception& bug) {
            log::error("a request failed", {{"target", request.target}, {"reason", bug.what()}});
            return error_response(500, "this is our fault; the log of the server says more");
        }
    }

    asio::awaitable<bool> write(beast::tcp_stream& stream, Response response, bool keep,
                                bool head) {
        http::response<http::string_body> message(
            http::int_to_status(static_cast<unsigned>(response.status)), 11);
        message.set(http::field::content_type, view(response.content_type));
        for (const auto& [name, value] : response.headers) message.set(view(name), value);
        message.keep_alive(keep);
        message.content_length(response.body.size());
        if (!head) message.body() = std::move(response.body);
        stream.expires_after(options_.idle_max);
        auto [failure, written] = co_await http::async_write(stream, message, kAsValue);
        co_return !failure;
    }

    const HttpServerOptions options_;
    const Handler handler_;
    asio::io_context context_;
    asio::strand<asio::io_context::executor_type> strand_;  // of the acceptor
    tcp::acceptor acceptor_;
    base::Gate gate_;
    std::atomic<bool> stopping_ = false;
    std::atomic<size_t> connections_ = 0;
    uint16_t port_ = 0;
    std::vector<std::jthread> threads_;
};

HttpServer::HttpServer(std::unique_ptr<Listener> listener) : listener_(std::move(listener)) {}
HttpServer::~HttpServer() {
    stop();
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options, Handler handler) {
    auto listener = std::make_unique<Listener>(std::move(options), std::move(handler));
    TRY(listener->listen());
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(listener)));
}

uint16_t HttpServer::port() const {
    return listener_->port();
}
void HttpServer::stop() {
    listener_->stop();
}

}  // namespace mogura::net
