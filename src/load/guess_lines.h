// A sample as text lines, and lines as records, for guessing: a plain and forgiving reader, nothing
// to parse files with.

#pragma once

#include "base/result.h"
#include "load/guess_schema.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::load {

struct GuessDialect {
    std::string delimiter = ",";
    std::optional<char> quote = '"';
    std::optional<char> escape = '\\';
    std::optional<std::string> null_string = {};
    bool trims = false;
};

// The sample's whole lines; a last line without a line end is left out. `newline` is what the
// sample should end with ("LF", "CR", "CRLF"), `recognized` the only line end there is, if not
// empty. Fails for unknown charsets.
Result<std::vector<std::string>> sample_lines(std::string_view sample, const std::string& charset,
                                              std::string_view newline,
                                              std::string_view recognized);

struct GuessTable {
    std::vector<GuessRecord> records;
    std::vector<size_t> lines;  // where each record begins
};
// Records with broken quotes are left out. Empty lines are records only if `keeps_empty`.
GuessTable split_records(std::span<const std::string> lines, const GuessDialect& dialect,
                         bool keeps_empty);

}  // namespace mogura::load
