#include "engine/secrets.h"

#include "base/text.h"

#include <algorithm>
#include <utility>

namespace mogura::engine {
namespace {

class NoSecrets final : public Secrets {
  public:
    Result<std::optional<std::string>> find(const std::string&) const override { return {{}}; }
};

Error not_found(const std::string& key) {
    return {Code::kNotFound, "Secret not found for key: '" + key + "'"};
}

// Where `_secrets` sends the key; the key itself when it does not name it (7.4).
Result<std::string> redirected(const config::Map& parameters, const std::string& key) {
    const config::Value* at = parameters.find("_secrets");
    size_t place = 0;
    while (at && !at->is_null() && place <= key.size()) {
        if (at->is_string()) {
            return place == 0 ? at->string() + "." + key : at->string() + key.substr(place - 1);
        }
        if (at->is_boolean() && at->boolean()) return key;
        if (!at->is_map()) {
            return Error(Code::kInvalid, "Illegal value in _secrets: " + config::to_json(*at));
        }
        size_t end = std::min(key.find('.', place), key.size());
        at = at->map().find(key.substr(place, end - place));
        place = end + 1;
    }
    // A redirect that names the whole key.
    if (at && at->is_string()) return at->string();
    return key;
}

}  // namespace

const Secrets& no_secrets() {
    static const NoSecrets kNone;
    return kNone;
}

Result<std::optional<std::string>> find_secret(const Secrets& secrets,
                                               const config::Map& parameters,
                                               const std::string& key) {
    std::string target = TRY(redirected(parameters, key));
    return secrets.find(target);
}

Result<std::string> required_secret(const Secrets& secrets, const config::Map& parameters,
                                    const std::string& key) {
    auto value = TRY(find_secret(secrets, parameters, key));
    if (!value) return not_found(key);
    return *std::move(value);
}

Result<std::string> resolve_secrets(const Secrets& secrets, std::string_view text) {
    std::string resolved;
    size_t copied = 0;
    for (size_t place = text.find("${"); place != std::string_view::npos;
         place = text.find("${", place)) {
        size_t close = text.find('}', place);
        size_t colon = text.find(':', place);
        place += 2;
        if (close == std::string_view::npos || colon == std::string_view::npos || colon > close)
            continue;
        std::string command(base::trim(text.substr(place, colon - place)));
        if (command.find_first_not_of("abcdefghijklmnopqrstuvwxyz") != command.npos ||
            command.empty()) {
            continue;
        }
        if (command != "secret") {
            return Error(Code::kInvalid,
                         "Invalid parametrization: '" +
                             std::string(text.substr(place - 2, close + 3 - place)) + "'");
        }
        std::string key(base::trim(text.substr(colon + 1, close - colon - 1)));
        auto value = TRY(secrets.find(key));
        if (!value) return not_found(key);
        resolved += text.substr(copied, place - 2 - copied);
        resolved += *value;
        copied = place = close + 1;
    }
    resolved += text.substr(copied);
    return resolved;
}

}  // namespace mogura::engine
