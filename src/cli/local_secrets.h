// The secrets of local runs (spec digdag 7.1, 7.11): properties "secrets.KEY" of the configuration,
// else files below the config home, one a key, whose whole content is the value.

#pragma once

#include "cli/properties.h"
#include "engine/engine.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::cli {

inline constexpr size_t kSecretKeyBytesMax = 255;
inline constexpr size_t kSecretBytesMax = 16'384;

// Segments of letters, digits, - and _ that begin with a letter and end with a letter or digit,
// joined by dots.
bool is_secret_key(std::string_view key);

class LocalSecrets final : public engine::Secrets {
  public:
    LocalSecrets(Properties properties, std::string folder)
        : properties_(std::move(properties)), folder_(std::move(folder)) {}

    Result<std::optional<std::string>> find(const std::string& key) const override;

    // The files alone; no other user may read them.
    Result<std::vector<std::string>> keys() const;
    Result<> set(const std::string& key, std::string_view value) const;
    // Fine when there is none.
    Result<> erase(const std::string& key) const;

  private:
    const Properties properties_;
    const std::string folder_;
};

}  // namespace mogura::cli
