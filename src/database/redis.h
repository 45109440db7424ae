// A thin client for Redis: a few commands over one connection (RESP2).
//
// Owns: the socket, the protocol, limits on time and size. Leaves to others: what keys mean. One
// thread at a time. Failures: kUnavailable (no connection, lost), kTimeout, kDenied (password),
// kInvalid (what the server says of a command), kLimit (an answer that is too large).

#pragma once

#include "base/file.h"
#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mogura::database {

struct RedisOptions {
    std::string host = "localhost";
    uint16_t port = 6379;
    std::string password = {};
    std::chrono::milliseconds time_max{10'000};  // for the connection, and for each answer
};

class Redis {
  public:
    static Result<std::unique_ptr<Redis>> connect(const RedisOptions& options);

    // All of them or none (MULTI, EXEC), each for that time.
    struct Entry {
        std::string key;
        std::string value;
    };
    Result<> set(const std::vector<Entry>& entries, std::chrono::seconds life);
    // A value for each key, nothing where there is none.
    Result<std::vector<std::optional<std::string>>> get(const std::vector<std::string>& keys);

  private:
    Redis(base::Descriptor socket, std::string place)
        : socket_(std::move(socket)), place_(std::move(place)) {}

    Result<> send(const std::vector<std::string>& words);
    // One answer that is no list; nothing for null. A list gives its length as text.
    Result<std::optional<std::string>> answer();
    Result<> expect(const std::string& text);
    Result<std::string> line();
    Result<> fill();
    Error lost(const char* action) const;

    base::Descriptor socket_;
    std::string place_;
    std::string buffer_;
};

}  // namespace mogura::database
