#include "load/guess_json_lines.h"

#include "base/text.h"
#include "load/guess_schema.h"
#include "load/json_value.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::load {
namespace {

constexpr int64_t kRowsMin = 4;

// The objects of the sample's whole lines; nothing when one is no object.
std::optional<std::vector<Json>> objects_of(std::string_view sample) {
    if (sample.starts_with("\xEF\xBB\xBF")) sample.remove_prefix(3);
    std::vector<Json> objects;
    while (true) {
        const size_t end = sample.find('\n');
        if (end == std::string_view::npos) return objects;
        const std::string_view line = sample.substr(0, end);
        sample.remove_prefix(end + 1);
        size_t used = 0;
        auto value = parse_json_value(line, used);
        if (!value.ok() || value->type != Json::Type::kObject) return std::nullopt;
        if (!base::trim(line.substr(used)).empty()) return std::nullopt;
        objects.push_back(*std::move(value));
    }
}

std::optional<std::string> text_of(const Json& value) {
    if (value.type == Json::Type::kNull) return std::nullopt;
    if (value.type == Json::Type::kString) return value.text;
    std::string text;
    append_json(value, text);
    return text;
}

// What all values are that are not null; nothing where they differ or are texts, whose looks
// decide.
std::optional<page::Type> common_type(const std::vector<Json>& objects, const std::string& key) {
    std::optional<page::Type> common;
    for (const Json& object : objects) {
        const Json* value = object.find(key);
        if (!value || value->type == Json::Type::kNull) continue;
        std::optional<page::Type> type;
        if (value->type == Json::Type::kBoolean) type = page::Type::kBoolean;
        if (value->type == Json::Type::kLong) type = page::Type::kLong;
        if (value->type == Json::Type::kDouble) type = page::Type::kDouble;
        if (value->type == Json::Type::kArray || value->type == Json::Type::kObject) {
            type = page::Type::kJson;
        }
        const bool is_mixed_number =
            type && common && *type != *common &&
            (*type == page::Type::kLong || *type == page::Type::kDouble) &&
            (*common == page::Type::kLong || *common == page::Type::kDouble);
        if (is_mixed_number) type = common = page::Type::kDouble;
        if (!type || (common && *common != *type)) return std::nullopt;
        common = type;
    }
    return common;
}

GuessedType type_of(const std::vector<Json>& objects, const std::string& key, Compat compat) {
    if (auto type = common_type(objects, key)) return {.type = *type};
    std::vector<GuessRecord> records;
    for (const Json& object : objects) {
        const Json* value = object.find(key);
        records.push_back({value ? text_of(*value) : std::nullopt});
    }
    return guess_types(records, compat)[0];
}

int64_t rows_wanted(const config::Map& parser) {
    const config::Value* given = parser.find("min_rows_for_guess");
    return given && given->is_integer() ? given->integer() : kRowsMin;
}

}  // namespace

config::Map guess_json_lines(const config::Map& parser, std::string_view sample, Compat compat) {
    config::Map answer;
    auto objects = objects_of(sample);
    if (!objects || objects->empty()) return answer;
    if (static_cast<int64_t>(objects->size()) < rows_wanted(parser)) return answer;
    config::List columns;
    std::vector<std::string> known;
    for (const std::string& key : objects->front().keys) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        known.push_back(key);
        const GuessedType type = type_of(*objects, key, compat);
        config::Map column;
        column.set("name", key);
        column.set("type", page::type_name(type.type));
        if (type.type == page::Type::kTimestamp) column.set("format", type.format);
        columns.emplace_back(std::move(column));
    }
    answer.set("type", "jsonl");
    answer.set("columns", std::move(columns));
    return answer;
}

}  // namespace mogura::load
