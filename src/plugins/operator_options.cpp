#include "plugins/operator_options.h"

#include "base/text.h"

namespace mogura::plugins {
namespace {

// How often the task had been retried when the state was made.
constexpr const char* kTry = "state_of_retry";

int64_t number(const config::Map& state, const char* name) {
    const config::Value* value = state.find(name);
    return value && value->is_integer() ? value->integer() : 0;
}

}  // namespace

config::Map with_defaults(const config::Map& parameters, std::string_view word) {
    const config::Value* nested = engine::present(parameters, word);
    if (!nested || !nested->is_map()) return parameters;
    config::Map all = nested->map();
    config::merge(all, parameters);
    return all;
}

config::Map state_of_this_try(const config::Map& state,
                              std::initializer_list<std::string_view> names) {
    config::Map own = state;
    const int64_t retries = number(state, "retry_count");
    if (retries <= number(state, kTry)) return own;
    for (std::string_view name : names) own.erase(name);
    own.set(kTry, retries);
    return own;
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
