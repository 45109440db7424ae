// What the bytes of a key or a value mean, and the cell that they become.

#pragma once

#include "base/result.h"
#include "page/page.h"

#include <string>
#include <string_view>

namespace mogura::plugins::level {

enum class Form { kText, kJson, kMessagePack, kHex };  // in the order of the option's words

page::Type type_of(Form form);

// Sets `cell` to the text of the cell; false for JSON's null, which is a null cell. kInvalid, with
// the reason, for bytes that are not of that form.
Result<bool> decode(Form form, std::string_view bytes, std::string& cell);

// The bytes of a key as people write them in an option: as they are for text and JSON, else in hex.
Result<std::string> key_of(Form form, const std::string& text);

// An entry for the quarantine: {"key":"...","value":"..."}, with "key_hex" or "value_hex" for what
// is no text.
std::string shown(std::string_view key, std::string_view value);

}  // namespace mogura::plugins::level
