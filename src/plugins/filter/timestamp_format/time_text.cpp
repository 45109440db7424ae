#include "plugins/filter/timestamp_format/time_text.h"

#include <utility>

namespace mogura::plugins {
namespace {

// "java:" is our own spelling of java.time patterns, everywhere that times are text.
bool is_joda(std::string_view format) {
    return format.find('%') == std::string_view::npos && !format.starts_with("java:");
}

int64_t current_year(const load::Context& context) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(context.transaction_time);
    return base::local_of_seconds(seconds.time_since_epoch().count()).year;
}

Error translated(const Error& error, const std::string& format) {
    return Error(error.code(), "timestamp_parser: auto_java cannot read the format \"" + format +
                                   "\" (leave timestamp_parser out): " + error.message());
}

}  // namespace

TimeTextReader::TimeTextReader(std::vector<Parser> parsers) : parsers_(std::move(parsers)) {}

Result<TimeTextReader> TimeTextReader::make(const Options& options, const load::Context& context) {
    std::vector<Parser> parsers;
    bool has_ruby = false;
    for (const std::string& format : options.formats) {
        const bool is_java = is_joda(format);
        std::optional<std::string> pattern;
        if (is_java) pattern = format;
        if (!is_java && options.reads_as_java) pattern = joda_pattern_of(format);
        if (pattern) {
            auto parser =
                JodaParser::compile({.pattern = *pattern,
                                     .time_zone = options.time_zone,
                                     .current_year = current_year(context),
                                     .is_odd = load::reads_odd_java_dates(context.compat)});
            if (!parser.ok()) {
                return is_java ? parser.error() : translated(parser.error(), format);
            }
            parsers.emplace_back(*std::move(parser));
        } else {
            auto parser = TRY(
                load::TimestampParser::compile({.format = format, .time_zone = options.time_zone}));
            parsers.emplace_back(std::move(parser));
            has_ruby = true;
        }
    }
    if (has_ruby && load::reads_odd_java_dates(context.compat)) {
        std::erase_if(parsers, [](const Parser& parser) {
            return std::holds_alternative<JodaParser>(parser);
        });
    }
    return TimeTextReader(std::move(parsers));
}

bool TimeTextReader::read(std::string_view text, page::Timestamp& timestamp) const {
    const auto fits = [&](const auto& parser) { return parser.parse(text, timestamp); };
    for (const Parser& parser : parsers_) {
        if (std::visit(fits, parser)) return true;
    }
    return false;
}

std::string TimeTextReader::explain(std::string_view text) const {
    if (parsers_.empty()) return "there is no from_format";
    return std::visit([&](const auto& parser) { return parser.explain(text); }, parsers_.front());
}

TimeTextWriter::TimeTextWriter(Formatter formatter) : formatter_(std::move(formatter)) {}

Result<TimeTextWriter> TimeTextWriter::make(const std::string& format, const std::string& time_zone,
                                            load::Compat compat) {
    if (is_joda(format)) {
        auto formatter = TRY(JodaFormatter::compile(format, time_zone));
        return TimeTextWriter(std::move(formatter));
    }
    auto formatter = TRY(load::TimestampFormatter::compile(format, time_zone, compat));
    return TimeTextWriter(std::move(formatter));
}

void TimeTextWriter::write(page::Timestamp timestamp, std::string& text) const {
    std::visit([&](const auto& formatter) { formatter.format(timestamp, text); }, formatter_);
}

}  // namespace mogura::plugins
