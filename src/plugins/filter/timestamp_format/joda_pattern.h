// Date patterns of Joda-Time ("yyyy-MM-dd HH:mm:ss.SSS z"), and nnnnnnnnn for nanoseconds: what
// timestamp_format takes a format without a % for (embulk 7.6).
//
// They are no patterns of java.time: numbers may have fewer digits than letters, E corrects the
// date, a pattern without a year reads into the year 2000, z reads but UTC, GMT and American names.
//
// Left out, with a clear error: reading G C x w, and long zone names (zzzz).

#pragma once

#include "base/result.h"
#include "base/time_zone.h"
#include "page/page.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins {

struct JodaElement {
    enum : char { kLiteral = '\'' };

    char letter = kLiteral;
    int count = 0;
    bool is_before_number = false;  // the digits of a year end where another number begins
    std::string text = {};          // of kLiteral
};

class JodaParser {
  public:
    struct Options {
        std::string pattern;
        std::string time_zone = "UTC";  // for texts without a zone
        int64_t current_year = 1970;    // yy is within 80 years before and 19 behind it
        // As the original: nanoseconds are the first digits behind any point, the seconds of times
        // before 1970 are rounded up, and times wrap beyond the year 2262.
        bool is_odd = false;
    };
    static Result<JodaParser> compile(const Options& options);

    // False when the text does not fit; explain() then says from where on.
    bool parse(std::string_view text, page::Timestamp& timestamp) const;
    std::string explain(std::string_view text) const;

  private:
    JodaParser(const Options& options, std::vector<JodaElement> elements, base::TimeZone zone);

    Options options_;
    std::vector<JodaElement> elements_;
    base::TimeZone zone_;
    bool has_nanoseconds_;
};

class JodaFormatter {
  public:
    static Result<JodaFormatter> compile(std::string_view pattern, std::string_view time_zone);

    // Appends the text.
    void format(page::Timestamp timestamp, std::string& text) const;

  private:
    JodaFormatter(std::vector<JodaElement> elements, base::TimeZone zone);

    std::vector<JodaElement> elements_;
    base::TimeZone zone_;
    bool has_nanoseconds_;
};

// The Joda pattern that timestamp_parser: auto_java reads in place of a Ruby format; nothing when
// there is none. What stands alone between blanks becomes a quoted text, with its directives.
std::optional<std::string> joda_pattern_of(std::string_view ruby_format);

}  // namespace mogura::plugins
