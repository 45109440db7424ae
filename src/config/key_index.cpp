#include "config/key_index.h"

#include <algorithm>
#include <utility>

namespace mogura::config {
namespace {

constexpr size_t kSmallMax = 16;

}  // namespace

Map::Entry* KeyIndex::find(const std::string& key) {
    if (map_.size() <= kSmallMax) {
        auto found = std::find_if(map_.begin(), map_.end(),
                                  [&](const Map::Entry& entry) { return entry.key == key; });
        return found == map_.end() ? nullptr : &*found;
    }
    for (size_t place = places_.size(); place < map_.size(); ++place) {
        places_.emplace((map_.begin() + static_cast<std::ptrdiff_t>(place))->key, place);
    }
    auto found = places_.find(key);
    if (found == places_.end()) return nullptr;
    return &*(map_.begin() + static_cast<std::ptrdiff_t>(found->second));
}

Map::Entry& KeyIndex::set(std::string key, Value value, Mark mark) {
    if (Map::Entry* existing = find(key)) {
        existing->value = std::move(value);
        existing->mark = mark;
        return *existing;
    }
    map_.append(std::move(key), std::move(value));
    Map::Entry& added = *(map_.end() - 1);
    added.mark = mark;
    return added;
}

}  // namespace mogura::config
