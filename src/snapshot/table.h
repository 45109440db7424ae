// A snapshot that is open: lookups by key, and all its rows.

#pragma once

#include "base/clock.h"
#include "base/file.h"
#include "base/result.h"
#include "page/page.h"
#include "snapshot/format.h"
#include "snapshot/memory.h"
#include "snapshot/row.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::snapshot {

class Table {
  public:
    // Maps the file and checks it whole: checksums, bounds of every row and text. Nobody may
    // change the file's bytes while it is open (replacing it under its name is fine).
    static Result<std::shared_ptr<const Table>> open(const std::string& path);
    // The same from memory of its own: faster lookups, and the file may go.
    static Result<std::shared_ptr<const Table>> load(const std::string& path);
    // The same over a copy of the bytes; `place` stands in front of errors.
    static Result<std::shared_ptr<const Table>> from_bytes(std::string_view bytes,
                                                           const std::string& place);

    const std::string& name() const { return name_; }
    const page::Schema& schema() const { return schema_; }
    size_t key_column() const { return key_column_; }
    uint64_t rows() const { return rows_; }
    size_t size_bytes() const { return bytes_.size(); }
    base::Instant created_at() const { return created_at_; }
    std::string checksum() const;  // hexadecimal

    // The row with that key. Of the key column's type, or as text (what a URL carries).
    std::optional<Row> find(int64_t key) const {
        if (has_heads_) [[unlikely]]
            return find_otherwise(key);
        return find_plain(key, hash_of(key));
    }
    std::optional<Row> find(std::string_view key) const;

    // `visit(index, row)` for every key, in order; a row that is missing is nullopt. The memory of
    // many rows is on its way at once: per key this takes a fraction of find().
    template <typename Visit>
    void find_many(std::span<const int64_t> keys, Visit&& visit) const;

    // Every row, in the order of the file. Stops when `visit` answers false.
    void each(const std::function<bool(const Row&)>& visit) const;

  private:
    friend class Row;
    Table() = default;
    Result<> read(const std::string& place);
    Result<> read_schema(std::string_view json, const std::string& place);
    Result<> check_groups(const std::string& place) const;
    Result<> check_rows(uint64_t rows_bytes, const std::string& place) const;
    bool row_is_sound(const char* row, uint64_t left) const;
    uint32_t size_of(const char* row) const {
        return has_heads_ ? fetch<uint32_t>(row) : fixed_bytes_;
    }
    uint64_t offset_of(uint64_t ordinal) const {
        return has_heads_ ? places_[ordinal] * uint64_t{8} : ordinal * fixed_bytes_;
    }
    // Where the key of that row stands.
    const char* key_at(uint64_t ordinal) const { return keys_ + offset_of(ordinal); }
    // find() where rows have no heads, so the key is a long: one candidate in line, and little that
    // it reads, because a processor has only so many loads on their way at once, and lookups in a
    // row share them.
    [[gnu::always_inline]] std::optional<Row> find_plain(int64_t key, uint64_t hash) const;
    // find() for every table; what find_plain() leaves over. Pure: callers' loops keep what they
    // read of the table in registers.
    [[gnu::noinline, gnu::pure]] std::optional<Row> find_otherwise(int64_t key) const;
    template <typename Same>
    std::optional<Row> look_up(uint64_t hash, Same same) const;
    // The row of the first slot with the tag of the hash.
    [[gnu::always_inline]] std::optional<uint64_t> likely_row(uint64_t hash) const;

    // What lookups read stands together.
    bool has_heads_ = true;
    bool has_long_key_ = false;
    uint32_t fixed_bytes_ = 0;  // a row without its texts
    uint64_t group_count_ = 0;
    const Group* groups_ = nullptr;
    const char* keys_ = nullptr;        // the first row's key
    const uint32_t* places_ = nullptr;  // of rows with heads, in units of 8 bytes
    std::vector<int32_t> slots_;        // each column's, counted from the key's slot
    uint32_t key_slot_ = 0;             // from the row's beginning
    uint32_t head_bytes_ = 0;

    std::unique_ptr<base::MappedFile> file_;
    std::unique_ptr<Memory> memory_;
    std::string_view bytes_;
    page::Schema schema_;
    std::string name_;
    size_t key_column_ = 0;
    uint64_t rows_ = 0;
    base::Instant created_at_{};
    uint64_t checksum_ = 0;
};

inline bool Row::is_null(size_t column) const {
    if (!table_->has_heads_) return false;
    return ((fetch<uint32_t>(begin() + 4 + column / 32 * 4) >> (column % 32)) & 1) != 0;
}
inline const char* Row::begin() const {
    return key_ - table_->key_slot_;
}
inline const char* Row::slot(size_t column) const {
    return key_ + table_->slots_[column];
}

inline uint64_t ordinal_of(const Group& group, uint32_t slots) {
    return uint64_t{group.first} + static_cast<uint32_t>(std::countr_zero(slots));
}

inline std::optional<Row> Table::find_plain(int64_t key, uint64_t hash) const {
    const Group& group = groups_[group_of(hash, group_count_)];
    if (uint32_t slots = slots_with(group, hash); slots != 0) [[likely]] {
        const char* place = keys_ + ordinal_of(group, slots) * fixed_bytes_;
        if (fetch<int64_t>(place) == key) [[likely]]
            return Row(*this, place);
    } else if (!group.is_full()) {
        return std::nullopt;
    }
    return find_otherwise(key);
}

template <typename Visit>
void Table::find_many(std::span<const int64_t> keys, Visit&& visit) const {
    constexpr size_t kBatch = 16;
    for (size_t begin = 0; begin < keys.size(); begin += kBatch) {
        const std::span<const int64_t> batch =
            keys.subspan(begin).first(std::min(kBatch, keys.size() - begin));
        uint64_t hashes[kBatch];
        const char* places[kBatch];
        for (size_t index = 0; index < batch.size(); ++index) {
            hashes[index] = hash_of(batch[index]);
            __builtin_prefetch(groups_ + group_of(hashes[index], group_count_));
        }
        if (has_heads_) {
            for (size_t index = 0; index < batch.size(); ++index) {
                if (auto row = likely_row(hashes[index])) __builtin_prefetch(places_ + *row);
            }
        }
        for (size_t index = 0; index < batch.size(); ++index) {
            auto row = likely_row(hashes[index]);
            places[index] = row ? key_at(*row) : nullptr;
            __builtin_prefetch(places[index]);
        }
        for (size_t index = 0; index < batch.size(); ++index) {
            const bool is_it =
                !has_heads_ && places[index] && fetch<int64_t>(places[index]) == batch[index];
            visit(begin + index, is_it ? std::optional<Row>(Row(*this, places[index]))
                                       : find_otherwise(batch[index]));
        }
    }
}

inline std::optional<uint64_t> Table::likely_row(uint64_t hash) const {
    const Group& group = groups_[group_of(hash, group_count_)];
    const uint32_t slots = slots_with(group, hash);
    if (slots == 0) return std::nullopt;
    return ordinal_of(group, slots);
}

}  // namespace mogura::snapshot
