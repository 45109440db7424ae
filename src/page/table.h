// A page: some rows of a schema, held column by column.

#pragma once

#include "page/schema.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace mogura::page {

struct Timestamp {
    int64_t seconds = 0;      // since 1970-01-01T00:00:00Z
    int32_t nanoseconds = 0;  // 0 to 999,999,999

    auto operator<=>(const Timestamp&) const = default;
};

// Which rows have a value: a bit a row, 1 means present. Empty while every row has one.
class Validity {
  public:
    bool has_nulls() const { return !words_.empty(); }
    bool is_valid(size_t row) const {
        return words_.empty() || ((words_[row / 64] >> (row % 64)) & 1) != 0;
    }
    // `rows` is how many rows the column has or will have.
    void set_null(size_t row, size_t rows);
    void set_valid(size_t row);
    std::span<const uint64_t> words() const { return words_; }

  private:
    std::vector<uint64_t> words_;
};

// The values of one column. A null row has some value too, which means nothing.
class ColumnData {
  public:
    using Booleans = std::vector<uint8_t>;
    using Longs = std::vector<int64_t>;
    using Doubles = std::vector<double>;
    using Texts = std::vector<std::string_view>;  // kString and kJson
    using Timestamps = std::vector<Timestamp>;
    using Values = std::variant<Booleans, Longs, Doubles, Texts, Timestamps>;

    explicit ColumnData(Type type);

    Booleans& booleans() { return std::get<Booleans>(values); }
    const Booleans& booleans() const { return std::get<Booleans>(values); }
    Longs& longs() { return std::get<Longs>(values); }
    const Longs& longs() const { return std::get<Longs>(values); }
    Doubles& doubles() { return std::get<Doubles>(values); }
    const Doubles& doubles() const { return std::get<Doubles>(values); }
    Texts& texts() { return std::get<Texts>(values); }
    const Texts& texts() const { return std::get<Texts>(values); }
    Timestamps& timestamps() { return std::get<Timestamps>(values); }
    const Timestamps& timestamps() const { return std::get<Timestamps>(values); }

    bool is_null(size_t row) const { return !validity.is_valid(row); }

    Values values;
    Validity validity;
};

// What keeps the bytes behind a page's texts alive.
using Owner = std::shared_ptr<const void>;

class Page {
  public:
    Page() = default;
    Page(Schema schema, std::vector<ColumnData> columns, size_t rows, std::vector<Owner> owners)
        : schema_(std::move(schema)),
          columns_(std::move(columns)),
          owners_(std::move(owners)),
          rows_(rows) {}
    Page(Page&&) = default;
    Page& operator=(Page&&) = default;

    const Schema& schema() const { return schema_; }
    size_t rows() const { return rows_; }
    size_t columns() const { return columns_.size(); }
    const ColumnData& column(size_t index) const { return columns_[index]; }
    ColumnData& column(size_t index) { return columns_[index]; }
    std::span<const Owner> owners() const { return owners_; }
    void add_owner(Owner owner) { owners_.push_back(std::move(owner)); }

    // These columns, in this order; a column may be taken only once.
    Page select(std::span<const size_t> kept) &&;
    // The same columns under another schema of the same types (a rename).
    Page with_schema(Schema schema) &&;
    // Only the rows that are marked, in their order; `keep` has a byte a row.
    Page filter(std::span<const uint8_t> keep) &&;

  private:
    Schema schema_;
    std::vector<ColumnData> columns_;
    std::vector<Owner> owners_;
    size_t rows_ = 0;
};

}  // namespace mogura::page
