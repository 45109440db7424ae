// One column's values on their way to MySQL: what each becomes for the column that takes it
// (spec embulk 9.7). What does not fit by those rules becomes null.

#pragma once

#include "base/result.h"
#include "base/time_zone.h"
#include "load/load.h"
#include "page/page.h"
#include "plugins/output/mysql/target.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::plugins::mysql {

class Cells {
  public:
    struct Options {
        page::Type type;
        ColumnKind kind;
        base::TimeZone zone;
        std::string timestamp_format;  // for text columns
    };
    static Result<Cells> create(const Options& options);

    // The value as text without quotes, in the page or in `scratch`; false for null.
    bool value(const page::ColumnData& data, size_t row, std::string& scratch,
               std::string_view& text) const;
    // The text is a number, which SQL reads without quotes.
    bool is_number() const;
    // The text needs no escaping between quotes or tabs.
    bool is_plain() const;
    const ColumnKind& kind() const { return kind_; }

  private:
    Cells(const Options& options, std::shared_ptr<const load::TimestampFormatter> formatter)
        : type_(options.type),
          kind_(options.kind),
          zone_(options.kind.is_instant && sends_timestamps() ? base::TimeZone() : options.zone),
          formatter_(std::move(formatter)) {}

    bool sends_timestamps() const {
        return kind_.value == ValueKind::kTimestamp || kind_.value == ValueKind::kPass;
    }
    void cut_fraction(std::string& text) const;
    bool from_boolean(bool value, std::string& text) const;
    bool from_long(int64_t value, std::string& text) const;
    bool from_double(double value, std::string& text) const;
    bool from_string(std::string_view value, std::string& text) const;
    bool from_timestamp(page::Timestamp value, std::string& text) const;

    page::Type type_;
    ColumnKind kind_;
    base::TimeZone zone_;
    std::shared_ptr<const load::TimestampFormatter> formatter_;  // immutable
};

}  // namespace mogura::plugins::mysql
