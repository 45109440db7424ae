// PostgreSQL's arrays and hstores as text, and as the loader gives them on (spec embulk 8.6.3).

#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::source {

struct Array {
    bool is_null = false;
    bool is_array = false;
    std::string text = {};          // of an element
    std::vector<Array> items = {};  // of an array
};

inline constexpr int kArrayNestingMax = 100;  // PostgreSQL allows 6

// "{1,NULL,"a b",{...}}"; nothing when it is none.
std::optional<Array> parse_array(std::string_view text);
// Nulls are empty; elements are quoted where they must be.
void append_array_text(std::string& text, const Array& array);
// Elements are strings, or what they are where they are numbers and booleans.
void append_array_json(std::string& text, const Array& array, bool has_plain_elements);

// "a"=>"1", "b"=>NULL as a JSON object; nothing when it is no hstore.
std::optional<std::string> hstore_json(std::string_view text);

}  // namespace mogura::plugins::source
