// The names and types of a page's columns, with Embulk's six types.

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::page {

enum class Type {
    kBoolean,
    kLong,       // signed 64-bit
    kDouble,     // IEEE 64-bit
    kString,     // UTF-8
    kTimestamp,  // an instant with nanoseconds, no zone attached
    kJson,       // compact JSON text
};

std::string_view type_name(Type type);  // "boolean", "long", ...
std::optional<Type> find_type(std::string_view name);

struct Column {
    std::string name;
    Type type = Type::kString;
    // The timestamp format that the parser was given; the stdout output prints with it.
    std::string format = {};

    bool operator==(const Column&) const = default;
};

// Cheap to copy: the columns are shared.
class Schema {
  public:
    Schema() = default;
    explicit Schema(std::vector<Column> columns);

    size_t size() const { return columns_ ? columns_->size() : 0; }
    const Column& operator[](size_t index) const { return (*columns_)[index]; }
    std::span<const Column> columns() const;
    // The first column of that name.
    std::optional<size_t> find(std::string_view name) const;
    std::vector<std::string> names() const;
    // These columns, in this order.
    Schema select(std::span<const size_t> kept) const;

    bool operator==(const Schema& other) const;

  private:
    std::shared_ptr<const std::vector<Column>> columns_;
};

}  // namespace mogura::page
