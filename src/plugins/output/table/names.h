// Names of the tables that hold rows until a load is complete (spec embulk 9.6.6).

#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mogura::plugins::table {

struct TaskNumber {
    size_t task;
    size_t tasks;
};

// "TABLE_<16 hex digits>_embulk", and the number of the task behind. A name of more than
// `bytes_max` loses digits first, then the end of TABLE.
Result<std::string> intermediate_name(const std::string& table, int64_t milliseconds,
                                      std::optional<TaskNumber> number, size_t bytes_max);
// Whether `name` is that of an intermediate table of a load into `table`.
bool is_intermediate_of(std::string_view name, std::string_view table, size_t bytes_max);
// Where a table stands for the moment of a swap.
std::string swap_name(int64_t milliseconds);

}  // namespace mogura::plugins::table
