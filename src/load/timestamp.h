// Timestamps as text, both ways, as Embulk has them (spec embulk chapter 6).
//
// A pattern without a prefix is the legacy Ruby-like strptime/strftime; "ruby:" is stricter;
// "java:" is a java.time pattern. Patterns are compiled once (a table of steps), then parse() and
// format() may be called from several threads at once and allocate nothing on their usual paths.

#pragma once

#include "base/result.h"
#include "base/time_zone.h"
#include "load/compatibility.h"
#include "page/page.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mogura::load {

class TimestampParser {
  public:
    struct Options {
        std::string format;
        std::string time_zone = "UTC";    // for texts without a zone
        std::string date = "1970-01-01";  // for patterns without a date, YYYY-M-D
    };
    static Result<TimestampParser> compile(const Options& options);

    TimestampParser(TimestampParser&&) noexcept;
    TimestampParser& operator=(TimestampParser&&) noexcept;
    ~TimestampParser();

    // False when the text does not fit; explain() then says why, in the original's words.
    bool parse(std::string_view text, page::Timestamp& timestamp) const;
    std::string explain(std::string_view text) const;

  private:
    struct Plan;
    explicit TimestampParser(std::unique_ptr<const Plan> plan);
    std::unique_ptr<const Plan> plan_;
};

class TimestampFormatter {
  public:
    static Result<TimestampFormatter> compile(std::string_view format, std::string_view time_zone,
                                              Compat compat = Compat::kFixed);

    TimestampFormatter(TimestampFormatter&&) noexcept;
    TimestampFormatter& operator=(TimestampFormatter&&) noexcept;
    ~TimestampFormatter();

    // Appends the text.
    void format(page::Timestamp timestamp, std::string& text) const;

  private:
    struct Plan;
    explicit TimestampFormatter(std::unique_ptr<const Plan> plan);
    std::unique_ptr<const Plan> plan_;
};

}  // namespace mogura::load
