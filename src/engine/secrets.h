// Secrets: values that operators may read and that nobody prints (spec digdag chapter 7).
//
// Owns: the interface of a place that holds them, the redirects of `_secrets` (7.4) and the form
// ${secret:key} in text (7.5, 7.6). Leaves to others: where they are kept (files of the user's
// home in local mode: cli; the server's database), which texts may hold the form (each operator).
//
// Any thread. Errors never hold a value, only its key.

#pragma once

#include "base/result.h"
#include "config/config.h"

#include <optional>
#include <string>
#include <string_view>

namespace mogura::engine {

class Secrets {
  public:
    virtual ~Secrets() = default;
    // nullopt when there is none of this key.
    virtual Result<std::optional<std::string>> find(const std::string& key) const = 0;
};

// A place that holds none.
const Secrets& no_secrets();

// What an operator reads: `key` after the redirects of `_secrets` in the task's parameters.
Result<std::optional<std::string>> find_secret(const Secrets& secrets,
                                               const config::Map& parameters,
                                               const std::string& key);
// The same for one that must be there: "Secret not found for key: 'KEY'" (7.8).
Result<std::string> required_secret(const Secrets& secrets, const config::Map& parameters,
                                    const std::string& key);

// The text with every ${secret:key} replaced, without redirects (7.7). A value is put in as it is.
// Other ${word:...} forms are an error.
Result<std::string> resolve_secrets(const Secrets& secrets, std::string_view text);

}  // namespace mogura::engine
