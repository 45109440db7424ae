// Finds the bytes that structure a CSV text, many at a time: AVX2 where the processor has it, one
// by one elsewhere. Both give the same answers.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mogura::plugins::csv {

// Delimiter, quote and escape; one that is not used repeats another. Line ends are always marks.
struct MarkBytes {
    char delimiter = ',';
    char quote = '"';
    char escape = '\\';
};

inline constexpr size_t kMarkBlock = 64;

// Writes the positions of all marks in text[begin, end) to `positions`, which has room for
// end - begin + 8 of them; returns their number. `begin` is a multiple of kMarkBlock, `end` too or
// the end of the text.
size_t find_marks(std::string_view text, size_t begin, size_t end, MarkBytes bytes,
                  uint32_t* positions);

struct Survey {
    bool is_ascii = true;
    int64_t lines = 0;  // LF, CR and CRLF, one each
};
Survey survey(std::string_view text);

size_t count_byte(std::string_view text, char byte);

// For tests: whether the fast code is used (it is, where the processor can).
void use_fast_marks(bool use);

}  // namespace mogura::plugins::csv
