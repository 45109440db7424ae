// Reads CSV records one by one, byte by byte, in every dialect: the rules of embulk 3.2 to 3.4.
//
// Immutable; any thread may call.

#pragma once

#include "plugins/parser/csv/dialect.h"
#include "plugins/parser/csv/lines.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace mogura::plugins::csv {

// Which line a bad record costs, and where reading goes on (embulk 3.6.4).
struct Skip {
    size_t begin = 0;  // of the reported physical line
    size_t end = 0;    // of its content
    size_t resume = 0;
    size_t record = 0;  // where the record begins; lines of it may stand in front of `begin`
};

struct Step {
    enum class Kind {
        kRecord,      // the fields are there
        kFailed,      // `reason`, `skip`; the first `complete` fields are there
        kUnfinished,  // the bytes end inside a record
        kEnd,         // nothing follows
    };
    Kind kind = Kind::kEnd;
    size_t begin = 0;  // of the record
    size_t end = 0;    // behind the record's line end
    size_t complete = 0;
    std::string reason = {};
    Skip skip = {};
};

class ExactTokenizer {
  public:
    ExactTokenizer(const Dialect& dialect, size_t columns);

    // The next record at or behind `offset`, where a physical line begins. Writes its fields to
    // `fields`, one for each column.
    Step next(std::string_view text, size_t offset, bool is_last, Field* fields) const;

    // What a failure to convert column `column` of the record at `begin` costs.
    Skip skip_for(std::string_view text, size_t begin, bool is_last, size_t column) const;

    // The value of an edited field.
    void append_unescaped(std::string_view raw, std::string& value) const;

  private:
    class Reading;

    const Dialect& dialect_;
    const size_t columns_;
    std::array<bool, 256> may_be_edited_{};  // first bytes of what append_unescaped() changes
};

}  // namespace mogura::plugins::csv
