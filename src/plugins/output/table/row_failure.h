// What a server says of a row, told to people: its number in a batch, which nobody has seen, is
// taken for load::TaskOutput::failed_rows() and out of the message.

#pragma once

#include "base/result.h"

#include <cstdint>
#include <string_view>

namespace mogura::plugins::table {

// Whether a row can be at fault: its values, or what the table demands of them.
bool is_about_row(const Error& failure);
// "... at row 37" (MySQL), "...; COPY t, line 37, column name" (PostgreSQL): 37. 0 where neither
// stands.
int64_t row_in_message(std::string_view message);
// The failure without that number, and with what can be done; others stay as they are.
Error about_row(const Error& failure);

}  // namespace mogura::plugins::table
