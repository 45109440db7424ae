// The distinct values of a column chunk, numbered in the order in which they appear.
//
// add() gives up, and answers false, when most values are distinct or the dictionary grows large:
// the chunk is then better written value by value.

#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>
#include <vector>

namespace mogura::plugins::parquet {

template <typename T>
class Dictionary {
  public:
    Dictionary() : slots_(size_t{1} << bits_, kNone) {}

    // Numbers all of `values`, or gives up.
    bool add_all(const std::vector<T>& values) {
        indices_.resize(values.size());
        for (size_t place = 0; place < values.size(); ++place) {
            indices_[place] = number_of(values[place]);
            bool look = place + 1 == kFirstLook;
            if (look && entries_.size() > kFirstLook / 2) return false;
            if (entries_.size() > kEntriesMax || bytes_ > kBytesMax) return false;
        }
        // A dictionary that most values stand in once would be larger than the values.
        return entries_.size() * 2 <= values.size();
    }

    const std::vector<T>& entries() const { return entries_; }
    const std::vector<uint32_t>& indices() const { return indices_; }

  private:
    static constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();
    static constexpr size_t kFirstLook = 2048;
    static constexpr size_t kEntriesMax = 16384;
    static constexpr size_t kBytesMax = 1024 * 1024;

    static uint64_t hash(int64_t value) {
        return static_cast<uint64_t>(value) * 0x9E3779B97F4A7C15ULL;
    }
    static uint64_t hash(std::string_view value) {
        return std::hash<std::string_view>()(value) * 0x9E3779B97F4A7C15ULL;
    }
    static size_t size_of(int64_t) { return sizeof(int64_t); }
    static size_t size_of(std::string_view value) { return value.size() + 4; }

    uint32_t number_of(const T& value) {
        if (!entries_.empty() && entries_[last_] == value) return last_;
        uint64_t hashed = hash(value);
        size_t mask = slots_.size() - 1;
        for (size_t slot = hashed >> (64 - bits_);; slot = (slot + 1) & mask) {
            uint32_t number = slots_[slot];
            if (number == kNone) return last_ = insert(value, hashed, slot);
            if (hashes_[number] == hashed && entries_[number] == value) return last_ = number;
        }
    }

    uint32_t insert(const T& value, uint64_t hashed, size_t slot) {
        auto number = static_cast<uint32_t>(entries_.size());
        entries_.push_back(value);
        hashes_.push_back(hashed);
        bytes_ += size_of(value);
        slots_[slot] = number;
        if (entries_.size() * 2 > slots_.size()) grow();
        return number;
    }

    void grow() {
        ++bits_;
        slots_.assign(size_t{1} << bits_, kNone);
        size_t mask = slots_.size() - 1;
        for (uint32_t number = 0; number < entries_.size(); ++number) {
            size_t slot = hashes_[number] >> (64 - bits_);
            while (slots_[slot] != kNone) slot = (slot + 1) & mask;
            slots_[slot] = number;
        }
    }

    int bits_ = 9;
    uint32_t last_ = 0;
    size_t bytes_ = 0;
    std::vector<uint32_t> slots_;
    std::vector<T> entries_;
    std::vector<uint64_t> hashes_;
    std::vector<uint32_t> indices_;
};

}  // namespace mogura::plugins::parquet
