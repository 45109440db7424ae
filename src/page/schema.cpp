#include "page/schema.h"

#include <array>

namespace mogura::page {
namespace {

constexpr std::array<std::string_view, 6> kNames = {"boolean", "long",      "double",
                                                    "string",  "timestamp", "json"};

}  // namespace

std::string_view type_name(Type type) {
    return kNames[static_cast<size_t>(type)];
}

std::optional<Type> find_type(std::string_view name) {
    for (size_t index = 0; index < kNames.size(); ++index) {
        if (kNames[index] == name) return static_cast<Type>(index);
    }
    return std::nullopt;
}

Schema::Schema(std::vector<Column> columns)
    : columns_(std::make_shared<const std::vector<Column>>(std::move(columns))) {}

std::span<const Column> Schema::columns() const {
    return columns_ ? std::span<const Column>(*columns_) : std::span<const Column>();
}

std::optional<size_t> Schema::find(std::string_view name) const {
    for (size_t index = 0; index < size(); ++index) {
        if ((*columns_)[index].name == name) return index;
    }
    return std::nullopt;
}

std::vector<std::string> Schema::names() const {
    std::vector<std::string> names;
    for (const Column& column : columns()) names.push_back(column.name);
    return names;
}

Schema Schema::select(std::span<const size_t> kept) const {
    std::vector<Column> columns;
    for (size_t index : kept) columns.push_back((*columns_)[index]);
    return Schema(std::move(columns));
}

bool Schema::operator==(const Schema& other) const {
    if (size() != other.size()) return false;
    return columns_ == other.columns_ || size() == 0 || *columns_ == *other.columns_;
}

}  // namespace mogura::page
