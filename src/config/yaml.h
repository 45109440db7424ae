// YAML 1.1 in and out, in the dialects of Digdag (spec digdag 1.3) and Embulk (spec embulk 1.5).
//
// Parsing is libyaml's event interface with our own resolver for scalars, merge keys, duplicates
// and includes. One document; the root may be any value, the caller says what it wants.

#pragma once

#include "base/result.h"
#include "config/value.h"

#include <functional>
#include <string>
#include <string_view>

namespace mogura::config {

enum class Dialect {
    kDigdag,  // true/false only as booleans; "0.5" is a string; duplicate keys are errors; !include
    kEmbulk,  // later duplicate keys win; every scalar keeps what was written (Value::written)
};

struct YamlOptions {
    Dialect dialect = Dialect::kDigdag;
    // For messages: "file:LINE:COLUMN: what".
    std::string file = {};
    // Returns the mapping that `!include : path` splices in (digdag 1.4), given the path as
    // written. Without it an include is an error.
    std::function<Result<Value>(const std::string& path)> include = {};
    // Takes what is wrong but need not end the reading, for those who want to know everything:
    // duplicate keys (the later value counts) and includes that fail (they are left out).
    std::function<void(Mark mark, const std::string& message)> tolerate = {};
};

// Errors carry file, line and column, the offending line and a caret below it.
Result<Value> parse_yaml(std::string_view text, const YamlOptions& options);

// Block style, two spaces a level, strings quoted only where they must be; a collection of nothing
// but scalars goes on one line in flow style ({name: a, type: long}), as Embulk's guess prints
// (embulk 1.7.6). Text of several lines is a literal block.
std::string to_yaml(const Value& value);

// "file:line:column: message", the text's line, and a caret under the column.
std::string message_with_caret(std::string_view text, std::string_view file, Mark mark,
                               std::string_view message);

}  // namespace mogura::config
