// Which charset bytes are in (spec embulk 2.4.6): ASCII and valid UTF-8 are UTF-8, whatever a
// statistical detector would say of so few bytes.

#pragma once

#include <string>
#include <string_view>

namespace mogura::load {

// Java's name: "UTF-8", "UTF-16LE", "MS932", "EUC-JP", "ISO-2022-JP", "windows-1252", ...
std::string guess_charset(std::string_view bytes);

}  // namespace mogura::load
