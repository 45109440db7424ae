#include "plugins/operator_options.h"

#include "base/text.h"

namespace mogura::plugins {

config::Map with_defaults(const config::Map& parameters, std::string_view word) {
    const config::Value* nested = engine::present(parameters, word);
    if (!nested || !nested->is_map()) return parameters;
    config::Map all = nested->map();
    config::merge(all, parameters);
    return all;
}

engine::Failed failure_of(const Error& error) {
    bool is_secret = error.message().starts_with("Secret not found for key: ");
    if (is_secret || is_worth_retrying(error.code())) return engine::failed(error.message());
    return engine::failed_config(error.message());
}

std::string text_setting(const engine::Settings& settings, const std::string& name,
                         const std::string& otherwise) {
    auto found = settings.find(name);
    return found == settings.end() ? otherwise : found->second;
}

Result<int64_t> integer_setting(const engine::Settings& settings, const std::string& name,
                                int64_t otherwise) {
    auto found = settings.find(name);
    if (found == settings.end()) return otherwise;
    auto number = base::parse_integer(found->second);
    if (!number) return Error(Code::kInvalid, "not a number in the configuration: " + name);
    return *number;
}

}  // namespace mogura::plugins
