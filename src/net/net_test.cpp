#include "net/net.h"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <thread>

namespace mogura::net {
namespace {

// Sends text to the port and returns everything until the server closes.
std::string talk(uint16_t port, const std::string& text) {
    int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return "";
    EXPECT_EQ(::send(socket, text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
    std::string answer;
    char buffer[4096];
    while (true) {
        ssize_t count = ::recv(socket, buffer, sizeof buffer, 0);
        if (count <= 0) break;
        answer.append(buffer, static_cast<size_t>(count));
    }
    ::close(socket);
    return answer;
}

std::unique_ptr<HttpServer> start(Handler handler) {
    auto server = HttpServer::start({.port = 0, .body_bytes_max = 100}, std::move(handler));
    EXPECT_TRUE(server.ok());
    return *std::move(server);
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
    auto server = start([](const Request& request) {
        return Response{.body = request.segments.back(), .content_type = "text/plain"};
    });
    std::string answer = talk(server->port(),
                              "GET /a%20b?x=1 HTTP/1.1\r\nHost: h\r\n\r\n"
                              "GET /second HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    size_t first = answer.find("\r\n\r\na b");
    size_t second = answer.find("\r\n\r\nsecond");
    EXPECT_NE(first, std::string::npos) << answer;
    EXPECT_LT(first, second);
}

TEST(HttpServer, RefusesWhatIsTooLargeOrNoHttp) {
    auto server = start([](const Request&) { return Response{}; });
    std::string large(200, 'x');
    EXPECT_TRUE(talk(server->port(), "POST / HTTP/1.1\r\nContent-Length: 200\r\n\r\n" + large)
                    .starts_with("HTTP/1.1 413"));
    EXPECT_TRUE(talk(server->port(), "hello\r\n\r\n").starts_with("HTTP/1.1 400"));
}

TEST(HttpServer, TurnsAHandlersBugIntoA500) {
    auto server = start([](const Request&) -> Response { throw std::runtime_error("boom"); });
    EXPECT_TRUE(talk(server->port(), "GET / HTTP/1.1\r\nConnection: close\r\n\r\n")
                    .starts_with("HTTP/1.1 500"));
}

TEST(HttpServer, SaysWhenThePortIsTaken) {
    auto server = start([](const Request&) { return Response{}; });
    auto second =
        HttpServer::start({.port = server->port()}, [](const Request&) { return Response{}; });
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code(), Code::kConflict);
}

TEST(Request, TakesTheTargetApart) {
    EXPECT_EQ(decode_percent("%41+b%2", true), "A b%2");
    EXPECT_EQ(decode_percent("%41+b", false), "A+b");
}

}  // namespace
}  // namespace mogura::net
