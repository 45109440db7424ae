// Keeps what is secret in requests out of messages.

#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::web {

class Mask {
  public:
    // A parameter or a header whose value is secret, whatever its name says.
    void add_name(const std::string& name);
    // Shown as *** wherever it stands; too short a value would stand everywhere.
    void add_value(const std::string& value);

    // The URL without its password and the values of secret parameters.
    std::string url(std::string_view url) const;
    // A text of the server's, which may repeat what it was sent.
    std::string text(std::string text) const;
    // "api_key", "access_token", "Authorization" and their like, and what was added.
    bool is_secret(std::string_view name) const;

  private:
    std::set<std::string> names_;  // in lower case
    std::vector<std::string> values_;
};

}  // namespace mogura::plugins::web
