// Names of the tables that hold rows until a load is complete (spec embulk 9.6.6).

#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace mogura::plugins::mysql {

inline constexpr size_t kNameBytesMax = 64;

struct TaskNumber {
    size_t task;
    size_t tasks;
};

// "TABLE_<16 hex digits>_embulk", and the number of the task behind. Too long a name loses digits
// first, then the end of TABLE.
Result<std::string> intermediate_name(const std::string& table, int64_t milliseconds,
                                      std::optional<TaskNumber> number);
// Where a table stands for the moment of a swap.
std::string swap_name(int64_t milliseconds);

}  // namespace mogura::plugins::mysql
