// One HTTP request of a task: what http> and http_call> share (spec digdag 4.12).
//
// Owns: the options, secrets in them, which failures are tried again and when, texts of failures.
// Leaves to others: the connection (net), what the answer is good for (each operator).
//
// A request that is tried again holds nothing meanwhile: the task is called again. When the URI
// holds a secret, no message shows more of it than its scheme; of a query with a secret none shows
// anything.

#pragma once

#include "engine/engine.h"
#include "net/net.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mogura::plugins {

struct HttpTask {
    net::HttpRequest request = {};
    std::string shown_uri = {};
    bool is_secret = false;  // the URI holds a secret, not counting the query
    bool retries = false;    // 5xx and failures of the connection
};

// Why there is no answer that a task can use.
struct HttpFailure {
    std::string kind;  // "HTTP 5XX Server Error"
    std::string why;   // "GET https://example.com/ - 503 Service Unavailable: body"
    bool may_pass = false;
    std::optional<std::string> retry_after = {};  // what the server asks for

    std::string message() const { return kind + ": " + why; }
};

// `takes_uri_secret`: the secret http.uri, where there is one, in place of the command.
Result<HttpTask> read_http_task(const engine::TaskContext& context, const config::Map& parameters,
                                bool takes_uri_secret);

// The options of both.
std::vector<engine::OperatorOption> http_options();

// The answer, 2xx or 3xx, of one try.
std::variant<net::HttpAnswer, HttpFailure> try_once(const HttpTask& task);

// Another try after a while, for a failure that may pass.
engine::Outcome try_again(engine::TaskContext& context, const HttpFailure& failure);

// The answer, 2xx or 3xx; or what becomes of the task: another try, or its failure.
std::variant<net::HttpAnswer, engine::Outcome> exchange(engine::TaskContext& context,
                                                        const HttpTask& task);

}  // namespace mogura::plugins
