#include "page/table.h"

#include "base/check.h"

#include <algorithm>

namespace mogura::page {
namespace {

ColumnData::Values empty_values(Type type) {
    switch (type) {
        case Type::kBoolean:
            return ColumnData::Booleans();
        case Type::kLong:
            return ColumnData::Longs();
        case Type::kDouble:
            return ColumnData::Doubles();
        case Type::kString:
        case Type::kJson:
            return ColumnData::Texts();
        case Type::kTimestamp:
            return ColumnData::Timestamps();
    }
    return ColumnData::Longs();
}

ColumnData filtered(Type type, const ColumnData& from, std::span<const uint8_t> keep, size_t kept) {
    ColumnData to(type);
    std::visit(
        [&](auto& target) {
            const auto& source = std::get<std::remove_reference_t<decltype(target)>>(from.values);
            target.reserve(kept);
            for (size_t row = 0; row < keep.size(); ++row) {
                if (keep[row]) target.push_back(source[row]);
            }
        },
        to.values);
    if (from.validity.has_nulls()) {
        size_t row_out = 0;
        for (size_t row = 0; row < keep.size(); ++row) {
            if (!keep[row]) continue;
            if (from.is_null(row)) to.validity.set_null(row_out, kept);
            ++row_out;
        }
    }
    return to;
}

}  // namespace

void Validity::set_null(size_t row, size_t rows) {
    size_t words = (std::max(rows, row + 1) + 63) / 64;
    if (words_.size() < words) words_.resize(words, ~uint64_t{0});
    words_[row / 64] &= ~(uint64_t{1} << (row % 64));
}

void Validity::set_valid(size_t row) {
    if (row / 64 < words_.size()) words_[row / 64] |= uint64_t{1} << (row % 64);
}

ColumnData::ColumnData(Type type) : values(empty_values(type)) {}

Page Page::select(std::span<const size_t> kept) && {
    std::vector<ColumnData> columns;
    for (size_t index : kept) columns.push_back(std::move(columns_[index]));
    return {schema_.select(kept), std::move(columns), rows_, std::move(owners_)};
}

Page Page::with_schema(Schema schema) && {
    CHECK(schema.size() == columns_.size());
    return {std::move(schema), std::move(columns_), rows_, std::move(owners_)};
}

Page Page::filter(std::span<const uint8_t> keep) && {
    CHECK(keep.size() == rows_);
    size_t kept = static_cast<size_t>(
        std::count_if(keep.begin(), keep.end(), [](uint8_t mark) { return mark != 0; }));
    if (kept == rows_) return std::move(*this);
    std::vector<ColumnData> columns;
    for (size_t index = 0; index < columns_.size(); ++index) {
        columns.push_back(filtered(schema_[index].type, columns_[index], keep, kept));
    }
    return {schema_, std::move(columns), kept, std::move(owners_)};
}

}  // namespace mogura::page
