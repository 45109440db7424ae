#include "plugins/filter/column/default_value.h"

#include "load/load.h"

#include <string_view>

namespace mogura::plugins {

void DefaultValue::put(page::ColumnData& column, size_t row) const {
    switch (type) {
        case page::Type::kBoolean:
            column.booleans()[row] = boolean ? 1 : 0;
            break;
        case page::Type::kLong:
            column.longs()[row] = integer;
            break;
        case page::Type::kDouble:
            column.doubles()[row] = number;
            break;
        case page::Type::kString:
        case page::Type::kJson:
            column.texts()[row] = text;
            break;
        case page::Type::kTimestamp:
            column.timestamps()[row] = timestamp;
            break;
    }
}

Result<load::Json> DefaultValue::json() const {
    using Kind = load::Json::Type;
    switch (type) {
        case page::Type::kBoolean:
            return load::Json{.type = Kind::kBoolean, .boolean = boolean};
        case page::Type::kLong:
            return load::Json{.type = Kind::kLong, .integer = integer};
        case page::Type::kDouble:
            return load::Json{.type = Kind::kDouble, .number = number};
        case page::Type::kString:
            return load::Json{.type = Kind::kString, .text = text};
        case page::Type::kJson: {
            size_t used = 0;
            return load::parse_json_value(text, used);
        }
        case page::Type::kTimestamp:
            break;
    }
    return Error(Code::kInvalid, "type timestamp is not available inside JSON");
}

Result<DefaultValue> read_default(const config::Value& value, page::Type type,
                                  const load::TimestampParser::Options& times) {
    DefaultValue result{.type = type, .text = {}, .timestamp = {}};
    switch (type) {
        case page::Type::kBoolean:
            if (!value.is_boolean()) {
                return Error(Code::kInvalid,
                             "default of a boolean must be true or false, unquoted");
            }
            result.boolean = value.boolean();
            return result;
        case page::Type::kLong:
            result.integer = TRY(config::convert<int64_t>(value));
            return result;
        case page::Type::kDouble:
            result.number = TRY(config::convert<double>(value));
            return result;
        case page::Type::kString:
            result.text = TRY(config::convert<std::string>(value));
            return result;
        case page::Type::kJson: {
            std::string text = TRY(config::convert<std::string>(value));
            TRY(load::first_json(text, result.text));
            return result;
        }
        case page::Type::kTimestamp: {
            std::string text = TRY(config::convert<std::string>(value));
            auto parser = TRY(load::TimestampParser::compile(times));
            if (!parser.parse(text, result.timestamp)) {
                return Error(Code::kInvalid, parser.explain(text));
            }
            return result;
        }
    }
    return result;
}

}  // namespace mogura::plugins
