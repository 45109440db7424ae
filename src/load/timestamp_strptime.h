// Ruby-like timestamp patterns as a table of steps that read a text (spec embulk 6.2).

#pragma once

#include "load/timestamp_fields.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::load {

struct ParseStep {
    enum : char { kLiteral = '\'', kBlanks = ' ', kNever = '!' };

    char kind = kLiteral;  // a directive's letter, or one of the above
    char literal = 0;
    bool next_is_number = false;  // the following step reads digits, so this one stops in time
};

// How far the text fits; `reason` is only filled when there is more to say.
struct ParseFailure {
    size_t index = 0;
    std::string reason;
};

std::vector<ParseStep> compile_steps(std::string_view pattern);

// Text after the last step does not matter. `failure` may be nullptr.
bool run_steps(const std::vector<ParseStep>& steps, std::string_view text, TimestampFields& fields,
               ParseFailure* failure);

// The length of the month or weekday name (full or of three letters, whatever the case) at the
// beginning of `text`, and which one it is, from 0; length 0 when there is none.
struct NameMatch {
    int index = 0;
    size_t length = 0;
};
NameMatch match_month(std::string_view text);
NameMatch match_weekday(std::string_view text);  // 0 is Sunday

// English names, as they are printed.
std::string_view month_name(int month);      // from 1
std::string_view weekday_name(int weekday);  // 0 is Sunday

}  // namespace mogura::load
