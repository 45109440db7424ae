// From ids to 64-bit facts: open addressing in one array, for tens of millions of entries.

#pragma once

#include "random.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace ad_delivery {

class IdMap {
  public:
    IdMap() : entries_(1024) {}

    // False, and nothing changes, if the id is known already. Id 0 is not allowed.
    bool insert(int64_t id, uint64_t fact) {
        if (4 * (size_ + 1) > 3 * entries_.size()) grow();
        Entry& entry = entries_[place(id)];
        if (entry.id == id) return false;
        entry = {id, fact};
        ++size_;
        return true;
    }

    const uint64_t* find(int64_t id) const {
        const Entry& entry = entries_[place(id)];
        return entry.id == id ? &entry.fact : nullptr;
    }

  private:
    struct Entry {
        int64_t id = 0;
        uint64_t fact = 0;
    };

    // Where the id is, or where it belongs. The size is a power of two.
    size_t place(int64_t id) const {
        const size_t mask = entries_.size() - 1;
        size_t at = Random::scramble(static_cast<uint64_t>(id)) & mask;
        while (entries_[at].id != 0 && entries_[at].id != id) at = (at + 1) & mask;
        return at;
    }

    void grow() {
        std::vector<Entry> old = std::exchange(entries_, std::vector<Entry>(2 * entries_.size()));
        for (const Entry& entry : old) {
            if (entry.id != 0) entries_[place(entry.id)] = entry;
        }
    }

    std::vector<Entry> entries_;
    size_t size_ = 0;
};

}  // namespace ad_delivery
