#include "page/builder.h"

#include "base/check.h"

#include <algorithm>
#include <cstring>

namespace mogura::page {

char* Arena::allocate(size_t size) {
    constexpr size_t kBlockBytes = 64 * 1024;
    if (size > left_) {
        size_t block = std::max(size, kBlockBytes);
        blocks_.push_back(std::make_unique_for_overwrite<char[]>(block));
        next_ = blocks_.back().get();
        left_ = block;
        size_bytes_ += block;
    }
    char* place = next_;
    next_ += size;
    left_ -= size;
    return place;
}

std::string_view Arena::keep(std::string_view text) {
    if (text.empty()) return "";
    char* place = allocate(text.size());
    std::memcpy(place, text.data(), text.size());
    return {place, text.size()};
}

Builder::Builder(Schema schema) : schema_(std::move(schema)) {
    start();
}

void Builder::start() {
    columns_.clear();
    for (const Column& column : schema_.columns()) columns_.emplace_back(column.type);
    is_set_.assign(schema_.size(), 0);
    arena_ = std::make_shared<Arena>();
    rows_ = 0;
}

void Builder::set_null(size_t column) {
    std::visit([](auto& values) { values.emplace_back(); }, columns_[column].values);
    columns_[column].validity.set_null(rows_, rows_ + 1);
    is_set_[column] = 1;
}

void Builder::set_boolean(size_t column, bool value) {
    columns_[column].booleans().push_back(value ? 1 : 0);
    is_set_[column] = 1;
}

void Builder::set_long(size_t column, int64_t value) {
    columns_[column].longs().push_back(value);
    is_set_[column] = 1;
}

void Builder::set_double(size_t column, double value) {
    columns_[column].doubles().push_back(value);
    is_set_[column] = 1;
}

void Builder::set_text(size_t column, std::string_view text) {
    columns_[column].texts().push_back(arena_->keep(text));
    is_set_[column] = 1;
}

void Builder::set_timestamp(size_t column, Timestamp value) {
    columns_[column].timestamps().push_back(value);
    is_set_[column] = 1;
}

void Builder::end_row() {
    for (size_t column = 0; column < is_set_.size(); ++column) {
        if (!is_set_[column]) set_null(column);
        is_set_[column] = 0;
    }
    ++rows_;
}

size_t Builder::size_bytes() const {
    return rows_ * schema_.size() * 16 + arena_->size_bytes();
}

Page Builder::finish() {
    for (ColumnData& column : columns_) {
        // The bitmap covers every row once there is one null.
        if (column.validity.has_nulls() && rows_ > 0 &&
            column.validity.words().size() * 64 < rows_) {
            bool was_null = column.is_null(0);
            column.validity.set_null(rows_ - 1, rows_);
            column.validity.set_valid(rows_ - 1);
            CHECK(column.is_null(0) == was_null);
        }
    }
    Page page(schema_, std::move(columns_), rows_, {arena_});
    start();
    return page;
}

}  // namespace mogura::page
