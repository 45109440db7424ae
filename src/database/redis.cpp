#include "database/redis.h"

#include "base/text.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mogura::database {
namespace {

constexpr int64_t kTextBytesMax = 64 * 1024 * 1024;
constexpr size_t kLineBytesMax = 64 * 1024;

struct FreeAddresses {
    void operator()(addrinfo* addresses) const { ::freeaddrinfo(addresses); }
};

void set_time_max(int socket, std::chrono::milliseconds time_max) {
    auto seconds = std::chrono::floor<std::chrono::seconds>(time_max);
    timeval limit{.tv_sec = seconds.count(),
                  .tv_usec = std::chrono::microseconds(time_max - seconds).count()};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

}  // namespace

Result<std::unique_ptr<Redis>> Redis::connect(const RedisOptions& options) {
    std::string place = "Redis at " + options.host + ":" + std::to_string(options.port);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    std::string port = std::to_string(options.port);
    int failure = ::getaddrinfo(options.host.c_str(), port.c_str(), &hints, &found);
    if (failure != 0) return Error(Code::kUnavailable, place + ": " + ::gai_strerror(failure));
    std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
    int reason = ECONNREFUSED;
    for (addrinfo* one = found; one; one = one->ai_next) {
        base::Descriptor socket(
            ::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol));
        if (!socket) continue;
        set_time_max(socket.get(), options.time_max);  // the connection keeps to it as well
        if (::connect(socket.get(), one->ai_addr, one->ai_addrlen) != 0) {
            reason = errno;
            continue;
        }
        std::unique_ptr<Redis> made(new Redis(std::move(socket), place));
        if (options.password.empty()) return made;
        TRY(made->send({"AUTH", options.password}));
        auto welcome = made->answer();
        if (!welcome.ok()) {
            bool is_refusal = welcome.error().code() == Code::kInvalid;
            if (is_refusal) return Error(Code::kDenied, welcome.error().message());
            return welcome.error();
        }
        return made;
    }
    return Error(Code::kUnavailable, place + ": cannot connect: " + std::strerror(reason));
}

Result<> Redis::set(const std::vector<Entry>& entries, std::chrono::seconds life) {
    TRY(send({"MULTI"}));
    TRY(expect("OK"));
    for (const Entry& entry : entries) {
        TRY(send({"SET", entry.key, entry.value, "EX", std::to_string(life.count())}));
        TRY(expect("QUEUED"));
    }
    TRY(send({"EXEC"}));
    TRY(expect(std::to_string(entries.size())));
    for (size_t index = 0; index < entries.size(); ++index) TRY(expect("OK"));
    return {};
}

Result<std::vector<std::optional<std::string>>> Redis::get(const std::vector<std::string>& keys) {
    std::vector<std::optional<std::string>> values;
    if (keys.empty()) return values;
    std::vector<std::string> words = {"MGET"};
    words.insert(words.end(), keys.begin(), keys.end());
    TRY(send(words));
    TRY(expect(std::to_string(keys.size())));
    for (size_t index = 0; index < keys.size(); ++index) {
        auto value = TRY(answer());
        values.push_back(std::move(value));
    }
    return values;
}

Result<> Redis::send(const std::vector<std::string>& words) {
    std::string text = "*" + std::to_string(words.size()) + "\r\n";
    for (const std::string& word : words) {
        text += "$" + std::to_string(word.size()) + "\r\n" + word + "\r\n";
    }
    std::string_view left = text;
    while (!left.empty()) {
        ssize_t count = ::send(socket_.get(), left.data(), left.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return lost("send");
        left.remove_prefix(static_cast<size_t>(count));
    }
    return {};
}

Result<std::optional<std::string>> Redis::answer() {
    std::string head = TRY(line());
    if (head.empty()) return lost("understand");
    std::string rest = head.substr(1);
    if (head[0] == '+' || head[0] == ':' || head[0] == '*') return {rest};
    if (head[0] == '-') return Error(Code::kInvalid, place_ + ": " + rest);
    auto size = base::parse_integer(rest);
    if (head[0] != '$' || !size) return lost("understand");
    if (*size < 0) return std::optional<std::string>();
    if (*size > kTextBytesMax) return Error(Code::kLimit, place_ + ": a value beyond 64 MiB");
    auto length = static_cast<size_t>(*size);
    while (buffer_.size() < length + 2) TRY(fill());
    std::string text = buffer_.substr(0, length);
    buffer_.erase(0, length + 2);
    return {std::move(text)};
}

Result<> Redis::expect(const std::string& text) {
    auto said = TRY(answer());
    if (said == text) return {};
    return Error(Code::kInvalid, place_ + ": unexpected answer: " + said.value_or("null"));
}

Result<std::string> Redis::line() {
    while (true) {
        size_t end = buffer_.find("\r\n");
        if (end != std::string::npos) {
            std::string found = buffer_.substr(0, end);
            buffer_.erase(0, end + 2);
            return found;
        }
        if (buffer_.size() > kLineBytesMax) return lost("understand");
        TRY(fill());
    }
}

Result<> Redis::fill() {
    char bytes[16 * 1024];
    ssize_t count = ::recv(socket_.get(), bytes, sizeof bytes, 0);
    if (count < 0 && errno == EINTR) return {};
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return Error(Code::kTimeout, place_ + ": no answer in time");
    }
    if (count <= 0) return lost("receive");
    buffer_.append(bytes, static_cast<size_t>(count));
    return {};
}

Error Redis::lost(const char* action) const {
    return {Code::kUnavailable, place_ + ": the connection was lost: cannot " + action};
}

}  // namespace mogura::database
