#include "engine/parameters.h"

#include "base/text.h"
#include "base/time_text.h"

#include <cmath>
#include <limits>
#include <utility>

namespace mogura::engine {
namespace {

constexpr size_t kSampleLengthMax = 100;

std::string_view json_kind(const config::Value& value) {
    switch (value.kind()) {
        case config::Value::Kind::kNull:
            return "null";
        case config::Value::Kind::kBoolean:
            return "boolean";
        case config::Value::Kind::kString:
            return "string";
        case config::Value::Kind::kList:
            return "array";
        case config::Value::Kind::kMap:
            return "object";
        default:
            return "number";
    }
}

Error unexpected(std::string_view wanted, std::string_view name, const config::Value& value) {
    std::string sample = config::to_json(value);
    if (sample.size() > kSampleLengthMax) sample = sample.substr(0, kSampleLengthMax) + "...";
    return {Code::kInvalid, "Expected " + std::string(wanted) + " for key '" + std::string(name) +
                                "' but got " + sample + " (" + std::string(json_kind(value)) + ")"};
}

std::string parameter(std::string_view name) {
    return "Parameter '" + std::string(name) + "'";
}

}  // namespace

const config::Value* present(const config::Map& parameters, std::string_view name) {
    const config::Value* value = parameters.find(name);
    return value && !value->is_null() ? value : nullptr;
}

Result<const config::Value*> required(const config::Map& parameters, std::string_view name) {
    const config::Value* value = parameters.find(name);
    if (!value) return Error(Code::kInvalid, parameter(name) + " is required but not set");
    if (value->is_null()) return Error(Code::kInvalid, parameter(name) + " is required but null");
    return value;
}

Result<std::string> to_text(const config::Value& value, std::string_view name) {
    if (value.is_string()) return value.string();
    if (value.is_list() || value.is_map() || value.is_null()) {
        return unexpected("string type", name, value);
    }
    return config::to_json(value);
}

Result<int64_t> to_integer(const config::Value& value, std::string_view name) {
    if (value.is_integer()) return value.integer();
    if (value.is_float() && std::isfinite(value.floating()) &&
        std::abs(value.floating()) < 9.2e18) {
        return static_cast<int64_t>(value.floating());
    }
    if (value.is_string()) {
        std::string_view text = base::trim(value.string());
        if (text.empty()) return int64_t{0};
        if (auto number = base::parse_integer(text)) return *number;
    }
    return unexpected("integer (int) type", name, value);
}

Result<bool> to_boolean(const config::Value& value, std::string_view name) {
    if (value.is_boolean()) return value.boolean();
    if (value.is_integer()) return value.integer() != 0;
    if (value.is_string()) {
        std::string_view text = base::trim(value.string());
        if (text == "true" || text == "True") return true;
        if (text == "false" || text == "False" || text.empty()) return false;
    }
    return unexpected("'true' or 'false'", name, value);
}

Result<std::string> required_text(const config::Map& parameters, std::string_view name) {
    const config::Value* value = TRY(required(parameters, name));
    return to_text(*value, name);
}

Result<int64_t> required_integer(const config::Map& parameters, std::string_view name) {
    const config::Value* value = TRY(required(parameters, name));
    return to_integer(*value, name);
}

Result<bool> required_boolean(const config::Map& parameters, std::string_view name) {
    const config::Value* value = TRY(required(parameters, name));
    return to_boolean(*value, name);
}

Result<config::Map> required_map(const config::Map& parameters, std::string_view name) {
    const config::Value* value = TRY(required(parameters, name));
    if (!value->is_map()) return Error(Code::kInvalid, parameter(name) + " must be an object");
    return value->map();
}

Result<bool> optional_boolean(const config::Map& parameters, std::string_view name,
                              bool otherwise) {
    const config::Value* value = present(parameters, name);
    if (!value) return otherwise;
    return to_boolean(*value, name);
}

Result<std::optional<std::string>> optional_text(const config::Map& parameters,
                                                 std::string_view name) {
    const config::Value* value = present(parameters, name);
    if (!value) return std::optional<std::string>();
    std::string text = TRY(to_text(*value, name));
    return std::optional<std::string>(std::move(text));
}

Result<config::Map> parsed_map(const config::Value& value, std::string_view name) {
    if (value.is_map()) return value.map();
    if (value.is_string()) {
        auto parsed = config::parse_json(value.string(), parameter(name));
        if (parsed.ok() && parsed->is_map()) return std::move(parsed->map());
    }
    return unexpected("object type", name, value);
}

Result<config::List> parsed_list(const config::Value& value, std::string_view name) {
    if (value.is_list()) return value.list();
    if (value.is_string()) {
        auto parsed = config::parse_json(value.string(), parameter(name));
        if (parsed.ok() && parsed->is_list()) return std::move(parsed->list());
    }
    return unexpected("array type", name, value);
}

Result<std::chrono::seconds> parse_duration(std::string_view text) {
    return base::parse_duration(text);
}

std::string plain_text(const config::Value& value) {
    return value.is_string() ? value.string() : config::to_json(value);
}

}  // namespace mogura::engine
