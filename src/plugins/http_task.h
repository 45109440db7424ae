// One HTTP request of a task: what http> and http_call> share (spec digdag 4.12).
//
// Owns: the options, secrets in them, which failures are tried again and when, texts of failures.
// Leaves to others: the connection (net), what the answer is good for (each operator).
//
// A request that is tried again holds nothing meanwhile: the task is called again. When the URI
// holds a secret, no message shows more of it than its scheme.

#pragma once

#include "engine/engine.h"
#include "net/net.h"

#include <string>
#include <variant>
#include <vector>

namespace mogura::plugins {

struct HttpTask {
    net::HttpRequest request = {};
    std::string shown_uri = {};
    bool is_secret = false;  // the URI holds a secret
    bool retries = false;    // 5xx and failures of the connection
};

// `takes_uri_secret`: the secret http.uri, where there is one, in place of the command.
Result<HttpTask> read_http_task(const engine::TaskContext& context, const config::Map& parameters,
                                bool takes_uri_secret);

// The options of both.
std::vector<engine::OperatorOption> http_options();

// The answer, 2xx or 3xx; or what becomes of the task: another try, or its failure.
std::variant<net::HttpAnswer, engine::Outcome> exchange(engine::TaskContext& context,
                                                        const HttpTask& task);

}  // namespace mogura::plugins
