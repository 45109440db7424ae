// Where something stands in a text of SQL, for people.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mogura::query {

// "FILE:LINE:COLUMN: message", the offending line and a caret under its place:
//
//     daily.sql:3:8: Referenced column "prize" not found in FROM clause!
//       SELECT prize FROM sales
//              ^
//
// Further lines of the message follow the caret. `offset_bytes` counts in `sql`; columns count
// characters. Of a long line only the surroundings are shown. An empty `file` prints as "sql".
std::string message_at(std::string_view sql, std::string_view file, size_t offset_bytes,
                       std::string_view message);

// The first byte at or after `offset_bytes` that is neither blank nor part of a comment.
size_t skip_blanks(std::string_view sql, size_t offset_bytes);

}  // namespace mogura::query
