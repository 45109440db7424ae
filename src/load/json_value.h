// JSON as the loader's formats treat it (embulk 4.2, 4.4): a stream of values, duplicate keys kept,
// raw control characters allowed in strings, integers of 64 bits only; and its compact text, which
// is what a kJson cell holds.
//
// Not for configuration: config/json.h is.

#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::load {

struct Json {
    enum class Type { kNull, kBoolean, kLong, kDouble, kString, kArray, kObject };

    Type type = Type::kNull;
    bool boolean = false;
    int64_t integer = 0;
    double number = 0;
    std::string text = {};               // of a string
    std::vector<Json> items = {};        // of an array, or the values of an object
    std::vector<std::string> keys = {};  // of an object, as many as items

    // The first member of that name.
    const Json* find(std::string_view key) const;
    // "LONG", "ARRAY", ...
    std::string_view type_name() const;
};

inline constexpr int kJsonNestingMax = 1000;

// The value that begins in `text` behind blanks; `used` becomes how many bytes it took, with the
// blanks in front. kInvalid when there is none.
Result<Json> parse_json_value(std::string_view text, size_t& used);

// Compact, doubles as Java writes them.
void append_json(const Json& value, std::string& text);
void append_json_text(std::string_view value, std::string& text);  // a string with its quotes

// The compact text of the first value in `text`; what follows it is ignored.
Result<> first_json(std::string_view text, std::string& compact);

}  // namespace mogura::load
