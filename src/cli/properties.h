// Java's properties files, which Digdag's configuration is written in (spec digdag 9.2.9).
//
// Lines of "key = value", "key: value" or "key value"; # and ! begin comments; a backslash at the
// end of a line continues it; \t \n \r \f and \uXXXX are escapes, every other escaped character is
// itself. Keys keep their dots. The last of equal keys wins. Text is UTF-8; what is not UTF-8 is
// Latin-1, which Java takes every file for.

#pragma once

#include <map>
#include <string>
#include <string_view>

namespace mogura::cli {

using Properties = std::map<std::string, std::string>;

Properties parse_properties(std::string_view text);

}  // namespace mogura::cli
