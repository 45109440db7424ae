// YAML with every string in quotes, so that "1" and 1 look different (spec digdag 9.3.14, 9.4.3).

#pragma once

#include "config/config.h"

#include <cstddef>
#include <string>

namespace mogura::cli {

// A line for each key and item, the outermost ones indented by so many blanks. Nothing for an
// empty mapping.
std::string quoted_yaml(const config::Map& map, size_t indent);

}  // namespace mogura::cli
