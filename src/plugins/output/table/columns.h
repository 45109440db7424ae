// Which column of an existing table takes which column of the input.

#pragma once

#include "base/result.h"
#include "page/page.h"

#include <span>
#include <string>
#include <vector>

namespace mogura::plugins::table {

struct Match {
    size_t input;   // column of the schema
    size_t target;  // column of the table
};

// By name: exact first, then without regard to case (two such matches are an error). Input columns
// that the table lacks are left out; none left is an error (spec embulk 9.6.10).
Result<std::vector<Match>> match_columns(const page::Schema& input,
                                         std::span<const std::string> target,
                                         const std::string& table);

}  // namespace mogura::plugins::table
