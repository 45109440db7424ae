// Finds the keys of a growing map in constant time; a small map is simply searched.
//
// The map must outlive the index and be changed through it alone.

#pragma once

#include "config/value.h"

#include <string>
#include <unordered_map>

namespace mogura::config {

class KeyIndex {
  public:
    explicit KeyIndex(Map& map) : map_(map) {}

    Map::Entry* find(const std::string& key);
    // Adds an entry, or replaces the value of the one that has the key.
    Map::Entry& set(std::string key, Value value, Mark mark);

  private:
    Map& map_;
    std::unordered_map<std::string, size_t> places_;  // empty as long as the map is small
};

}  // namespace mogura::config
