#include "base/time_zone.h"
#include "config/config.h"
#include "snapshot/table.h"

#include <fmt/format.h>

#include <iterator>

namespace mogura::snapshot {
namespace {

// The years 0 to 9999, which ISO text can say.
constexpr int64_t kSecondsMin = -62'167'219'200;
constexpr int64_t kSecondsMax = 253'402'300'799;

void append_timestamp(std::string& json, page::Timestamp timestamp) {
    if (timestamp.seconds < kSecondsMin || timestamp.seconds > kSecondsMax) {
        fmt::format_to(std::back_inserter(json), "{}", timestamp.seconds);
        return;
    }
    base::LocalTime local = base::local_of_seconds(timestamp.seconds);
    auto out = std::back_inserter(json);
    fmt::format_to(out, "\"{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", local.year, local.month, local.day,
                   local.hour, local.minute, local.second);
    if (timestamp.nanoseconds != 0) {
        std::string digits = fmt::format("{:09}", timestamp.nanoseconds);
        digits.erase(digits.find_last_not_of('0') + 1);
        json += "." + digits;
    }
    json += "Z\"";
}

}  // namespace

void Row::append_json(std::string& json) const {
    json += '{';
    for (size_t column = 0; column < table_->schema_.size(); ++column) {
        if (column > 0) json += ',';
        config::append_json_string(json, table_->schema_[column].name);
        json += ':';
        if (is_null(column)) {
            json += "null";
            continue;
        }
        switch (table_->schema_[column].type) {
            case page::Type::kBoolean:
                json += boolean_at(column) ? "true" : "false";
                break;
            case page::Type::kLong:
                fmt::format_to(std::back_inserter(json), "{}", long_at(column));
                break;
            case page::Type::kDouble:
                config::append_json_number(json, double_at(column));
                break;
            case page::Type::kString:
                config::append_json_string(json, text_at(column));
                break;
            case page::Type::kJson:
                json += text_at(column);
                break;
            case page::Type::kTimestamp:
                append_timestamp(json, timestamp_at(column));
                break;
        }
    }
    json += '}';
}

}  // namespace mogura::snapshot
