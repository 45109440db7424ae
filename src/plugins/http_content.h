// What a request sends: its query, headers and body, as http> has them in its options (spec digdag
// 4.12.2, 4.12.3), with secrets put in. Pure functions but for the reading of secrets, whose values
// stand in no message.

#pragma once

#include "engine/engine.h"
#include "net/net.h"

#include <optional>
#include <string>

namespace mogura::plugins {

struct HttpContent {
    std::string body;
    std::string type;
};

struct HttpQuery {
    std::string text;  // encoded
    bool has_secret = false;
};

// `content` as JSON, text or a form.
Result<HttpContent> make_content(const engine::Secrets& secrets, const config::Value& content,
                                 const std::optional<std::string>& format,
                                 const std::optional<std::string>& type);
// The options `query` (a mapping, "a=b&c=d", or JSON text) and `headers` (a list of mappings).
Result<HttpQuery> make_query(const engine::Secrets& secrets, const config::Map& parameters);
Result<net::HeaderLines> make_headers(const engine::Secrets& secrets,
                                      const config::Map& parameters);

}  // namespace mogura::plugins
