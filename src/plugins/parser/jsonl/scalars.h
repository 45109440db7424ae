// JSON numbers, words and texts as they stand in a line. What is null or false here is for the
// exact parser to judge.

#pragma once

#include "plugins/parser/jsonl/rows.h"
#include "plugins/parser/jsonl/scan.h"

#include <cstring>
#include <string>
#include <string_view>

namespace mogura::plugins::jsonl {

inline bool is_word_at(const char* at, std::string_view word) {
    return std::memcmp(at, word.data(), word.size()) == 0;
}

// Without a branch between the two words, since no processor guesses which one comes.
inline const char* read_boolean(const char* at, bool& value) {
    constexpr uint64_t kWords[] = {0x65'73'6C'61'66, 0x65'75'72'74};  // "false", "true"
    constexpr uint64_t kMasks[] = {0xFF'FF'FF'FF'FF, 0xFF'FF'FF'FF};
    const size_t is_true = *at == 't' ? 1 : 0;
    value = is_true != 0;
    return (word_at(at) & kMasks[is_true]) == kWords[is_true] ? at + 5 - is_true : nullptr;
}

// A long, or a double where the number has a fraction or an exponent. Null also when it is out of
// range.
const char* read_number(const char* at, Cell& cell);

struct Text {
    std::string_view value;
    bool is_in_line = true;  // else it is gone with the next text
    bool is_plain = true;    // JSON has no other way to write it
};

class TextReader {
  public:
    // The text whose opening quote is at `at`; the result is behind the closing one.
    const char* read(const char* at, Text& text) {
        const char* end = run_end<Run::kAscii>(at + 1);
        if (*end != '"') return read_odd(at, text);
        text.value = {at + 1, static_cast<size_t>(end - at - 1)};
        return end + 1;
    }

  private:
    const char* read_odd(const char* at, Text& text);

    std::string unescaped_;
};

}  // namespace mogura::plugins::jsonl
