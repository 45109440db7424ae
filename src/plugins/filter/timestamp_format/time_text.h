// Timestamps as text in formats of either kind: with a % Ruby's, without one Java's (embulk 7.6).

#pragma once

#include "base/result.h"
#include "load/load.h"
#include "page/page.h"
#include "plugins/filter/timestamp_format/joda_pattern.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mogura::plugins {

// Tries its formats in turn.
class TimeTextReader {
  public:
    struct Options {
        std::vector<std::string> formats;
        std::string time_zone;
        bool reads_as_java = false;  // Ruby formats, too, where they can be translated
    };
    static Result<TimeTextReader> make(const Options& options, const load::Context& context);

    // False when no format fits; explain() then says why.
    bool read(std::string_view text, page::Timestamp& timestamp) const;
    std::string explain(std::string_view text) const;

  private:
    using Parser = std::variant<load::TimestampParser, JodaParser>;
    explicit TimeTextReader(std::vector<Parser> parsers);

    std::vector<Parser> parsers_;
};

class TimeTextWriter {
  public:
    static Result<TimeTextWriter> make(const std::string& format, const std::string& time_zone,
                                       load::Compat compat);

    // Appends the text.
    void write(page::Timestamp timestamp, std::string& text) const;

  private:
    using Formatter = std::variant<load::TimestampFormatter, JodaFormatter>;
    explicit TimeTextWriter(Formatter formatter);

    Formatter formatter_;
};

}  // namespace mogura::plugins
