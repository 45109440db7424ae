// Objects and arrays inside a line: looked through, or made compact on the way.

#pragma once

#include "plugins/parser/jsonl/scalars.h"

#include <string>

namespace mogura::plugins::jsonl {

class NestedReader {
  public:
    // Behind the value at `at`, whatever it is. Null at damage, and at what only the exact parser
    // reads.
    const char* skip(const char* at) { return read(at, nullptr); }
    // The same of an object or an array; `text` becomes what load::append_json writes.
    const char* compact(const char* at, std::string& text) {
        text.clear();
        return read(at, &text);
    }

  private:
    const char* read(const char* at, std::string* text);
    const char* value(const char* at, int depth);
    const char* container(const char* at, int depth);
    const char* name(const char* at);
    const char* text(const char* at);
    const char* number(const char* at);
    const char* word(const char* at, std::string_view word);
    void put(char byte) {
        if (to_) *to_ += byte;
    }

    TextReader texts_;
    std::string* to_ = nullptr;
};

}  // namespace mogura::plugins::jsonl
