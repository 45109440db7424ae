// Values as JavaScript writes them (spec digdag 3.2).

#pragma once

#include "config/config.h"

#include <string>

namespace mogura::script {

// What JSON.stringify makes of the value: numbers are doubles, keys that are array indexes come
// first in ascending order.
std::string stringify(const config::Value& value);
void append_stringified(std::string& json, const config::Value& value);

// The text that `${value}` gives: nothing for null, a string as it is, else stringify().
std::string text_of(const config::Value& value);

}  // namespace mogura::script
