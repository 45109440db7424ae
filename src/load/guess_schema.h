// The types of values and columns, judged by their text (spec embulk 2.8).

#pragma once

#include "load/compatibility.h"
#include "page/page.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mogura::load {

struct GuessedType {
    page::Type type = page::Type::kString;
    std::string format = {};  // of a timestamp

    bool operator==(const GuessedType&) const = default;
};

// A record's fields; null is nothing.
using GuessRecord = std::vector<std::optional<std::string>>;

// One type for each column of the widest record.
std::vector<GuessedType> guess_types(std::span<const GuessRecord> records, Compat compat);

}  // namespace mogura::load
