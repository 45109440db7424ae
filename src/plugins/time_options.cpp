#include "plugins/time_options.h"

#include <string>

namespace mogura::plugins {

load::TimestampParser::Options read_usual_time_options(config::Reader& reader) {
    load::TimestampParser::Options options;
    options.format = reader.optional("default_timestamp_format", "%Y-%m-%d %H:%M:%S.%N %z",
                                     "Format of timestamps.");
    options.time_zone = reader.optional("default_timezone", "UTC", "Their time zone.");
    options.date = reader.optional("default_date", "1970-01-01", "Date of times without one.");
    return options;
}

load::TimestampParser::Options read_time_options(config::Reader& reader,
                                                 const load::TimestampParser::Options& usual) {
    const auto text = [&](const char* name, const std::string& fallback, const char* help) {
        return reader.maybe<std::string>(name, help).value_or(fallback);
    };
    load::TimestampParser::Options options;
    options.format = text("format", usual.format, "Format of the timestamp.");
    options.time_zone = text("timezone", usual.time_zone, "Its time zone.");
    options.date = text("date", usual.date, "Date of a time without one.");
    return options;
}

}  // namespace mogura::plugins
