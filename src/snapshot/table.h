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
        if (!has_long_key_) [[unlikely]]
            return find_as_text(key);
        return look_up(hash_of(key), HasLong{key, key_slot_});
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
    struct HasLong {
        int64_t key;
        uint32_t slot;
        bool operator()(const char* row) const { return fetch<int64_t>(row + slot) == key; }
    };
    struct HasText {
        std::string_view key;
        uint32_t slot;
        bool operator()(const char* row) const {
            std::string_view text(row + fetch<uint32_t>(row + slot),
                                  fetch<uint32_t>(row + slot + 4));
            return text == key;
        }
    };

    Table() = default;
    Result<> read(const std::string& place);
    Result<> read_schema(std::string_view json, const std::string& place);
    Result<> check_rows(uint64_t rows_bytes, const std::string& place) const;
    bool row_is_sound(const char* row, uint64_t left) const;
    uint32_t size_of(const char* row) const {
        return has_heads_ ? fetch<uint32_t>(row) : fixed_bytes_;
    }
    const char* row_of(const Group& group, uint32_t slots) const {
        return row_bytes_ + uint64_t{group.rows[std::countr_zero(slots)]} * 8;
    }
    std::optional<Row> find_as_text(int64_t key) const;
    // Always inline: the callers' loops keep several lookups in flight at once.
    template <typename Same>
    [[gnu::always_inline]] std::optional<Row> look_up(uint64_t hash, Same same) const;

    std::unique_ptr<base::MappedFile> file_;
    std::unique_ptr<Memory> memory_;
    std::string_view bytes_;
    page::Schema schema_;
    std::vector<uint32_t> slots_;
    std::string name_;
    size_t key_column_ = 0;
    bool has_long_key_ = false;
    bool has_heads_ = true;
    uint32_t key_slot_ = 0;
    uint32_t head_bytes_ = 0;
    uint32_t fixed_bytes_ = 0;  // a row without its texts
    uint64_t rows_ = 0;
    uint64_t group_count_ = 0;
    const Group* groups_ = nullptr;
    const char* row_bytes_ = nullptr;
    base::Instant created_at_{};
    uint64_t checksum_ = 0;
};

inline bool Row::is_null(size_t column) const {
    if (!table_->has_heads_) return false;
    return ((fetch<uint32_t>(bytes_ + 4 + column / 32 * 4) >> (column % 32)) & 1) != 0;
}
inline const char* Row::slot(size_t column) const {
    return bytes_ + table_->slots_[column];
}

template <typename Same>
inline std::optional<Row> Table::look_up(uint64_t hash, Same same) const {
    const uint8_t tag = tag_of(hash);
    uint64_t index = group_of(hash, group_count_);
    while (true) {
        const Group& group = groups_[index];
        for (uint32_t slots = slots_with(group, tag); slots != 0; slots &= slots - 1) {
            const char* row = row_of(group, slots);
            if (same(row)) [[likely]]
                return Row(*this, row);
        }
        if (!group.is_full()) return std::nullopt;
        if (++index == group_count_) index = 0;
    }
}

template <typename Visit>
void Table::find_many(std::span<const int64_t> keys, Visit&& visit) const {
    constexpr size_t kBatch = 16;
    for (size_t begin = 0; begin < keys.size(); begin += kBatch) {
        const std::span<const int64_t> batch =
            keys.subspan(begin).first(std::min(kBatch, keys.size() - begin));
        uint64_t hashes[kBatch];
        for (size_t index = 0; index < batch.size(); ++index) {
            hashes[index] = hash_of(batch[index]);
            __builtin_prefetch(groups_ + group_of(hashes[index], group_count_));
        }
        for (uint64_t hash : std::span(hashes).first(batch.size())) {
            const Group& group = groups_[group_of(hash, group_count_)];
            const uint32_t slots = slots_with(group, tag_of(hash));
            if (slots != 0) __builtin_prefetch(row_of(group, slots) + key_slot_);
        }
        for (size_t index = 0; index < batch.size(); ++index) {
            visit(begin + index, has_long_key_
                                     ? look_up(hashes[index], HasLong{batch[index], key_slot_})
                                     : find_as_text(batch[index]));
        }
    }
}

}  // namespace mogura::snapshot
