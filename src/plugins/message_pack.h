// MessagePack values as JSON text.
//
// What JSON lacks becomes text: binary is hex, a timestamp is "2024-03-10T00:00:00Z", any other
// extension is {"type":5,"data":"0aff"}. Built on nlohmann/json; no type of it shows.

#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace mogura::plugins {

// Appends the one value that `bytes` hold, compact. kInvalid, with the reason and its byte, for
// anything else: bytes behind the value, text that is no UTF-8, a float that is no number, a key
// that is no text, nesting beyond load::kJsonNestingMax.
Result<> append_message_pack(std::string_view bytes, std::string& json);

// "0aff" for two bytes.
void append_hex(std::string_view bytes, std::string& text);

}  // namespace mogura::plugins
