// Options that are lists of mappings, as the `columns` of most filters are.

#pragma once

#include "config/config.h"

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {

// What `read(nested)` makes of each mapping. `each` says what one must be, where it is none:
// "each entry must be a map with name".
template <typename Read>
auto read_entries(config::Reader& reader, const std::string& key,
                  const std::vector<config::Value>& values, const char* each, Read read) {
    std::vector<decltype(read(reader))> entries;
    for (size_t index = 0; index < values.size(); ++index) {
        if (!values[index].is_map()) {
            reader.problem(key, each);
            continue;
        }
        config::Reader nested(values[index].map(), reader.file(),
                              reader.path() + "." + key + "[" + std::to_string(index) + "]");
        entries.push_back(read(nested));
        reader.absorb(std::move(nested));
    }
    return entries;
}

}  // namespace mogura::plugins
