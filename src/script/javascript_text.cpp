#include "script/javascript_text.h"

#include "config/config.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>
#include <vector>

namespace mogura::script {
namespace {

using config::Value;

constexpr int64_t kExactMax = int64_t{1} << 53;  // beyond it a double skips integers

// "0", "17": a key that JavaScript objects keep in front, sorted as a number.
std::optional<uint32_t> array_index(const std::string& key) {
    uint32_t index = 0;
    auto [end, failure] = std::from_chars(key.data(), key.data() + key.size(), index);
    if (failure != std::errc() || end != key.data() + key.size() || index == UINT32_MAX ||
        (key.size() > 1 && key[0] == '0')) {
        return std::nullopt;
    }
    return index;
}

void append_members(std::string& json, const config::Map& map) {
    std::vector<std::pair<uint32_t, const config::Map::Entry*>> indexed;
    std::vector<const config::Map::Entry*> named;
    for (const config::Map::Entry& entry : map) {
        if (auto index = array_index(entry.key)) {
            indexed.emplace_back(*index, &entry);
        } else {
            named.push_back(&entry);
        }
    }
    std::sort(indexed.begin(), indexed.end());
    json += '{';
    const size_t start = json.size();
    auto append = [&](const config::Map::Entry& entry) {
        if (json.size() > start) json += ',';
        config::append_json_string(json, entry.key);
        json += ':';
        append_stringified(json, entry.value);
    };
    for (const auto& [index, entry] : indexed) append(*entry);
    for (const config::Map::Entry* entry : named) append(*entry);
    json += '}';
}

}  // namespace

void append_stringified(std::string& json, const Value& value) {
    switch (value.kind()) {
        case Value::Kind::kNull:
            json += "null";
            break;
        case Value::Kind::kBoolean:
            json += value.boolean() ? "true" : "false";
            break;
        case Value::Kind::kInteger:
            if (value.integer() >= -kExactMax && value.integer() <= kExactMax) {
                json += std::to_string(value.integer());
            } else {
                config::append_json_number(json, static_cast<double>(value.integer()));
            }
            break;
        case Value::Kind::kBigInteger:
            config::append_json_number(json, std::strtod(value.scalar_text()->c_str(), nullptr));
            break;
        case Value::Kind::kFloat:
            config::append_json_number(json, value.floating());
            break;
        case Value::Kind::kString:
            config::append_json_string(json, value.string());
            break;
        case Value::Kind::kList:
            json += '[';
            for (const Value& item : value.list()) {
                if (&item != value.list().data()) json += ',';
                append_stringified(json, item);
            }
            json += ']';
            break;
        case Value::Kind::kMap:
            append_members(json, value.map());
            break;
    }
}

std::string stringify(const Value& value) {
    std::string json;
    append_stringified(json, value);
    return json;
}

std::string text_of(const Value& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return value.string();
    return stringify(value);
}

}  // namespace mogura::script
