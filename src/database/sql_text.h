// SQL as text: where statements begin and end.
//
// Quotes ('...', "...", `...`) and comments (--, #, /* */) are respected; nothing is checked.

#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::database {

// The statements of a text in MySQL's dialect, each from its first word to before its ';', without
// the empty ones. The body of a trigger, function, procedure or event stays in one piece.
std::vector<std::string_view> split_mysql_statements(std::string_view sql);

// Where the first thing stands that is no blank, comment or ';'; the size when there is none.
size_t start_of_sql(std::string_view sql);
inline bool is_blank_sql(std::string_view sql) {
    return start_of_sql(sql) == sql.size();
}

// The words outside quotes and comments, in upper case, at most `words_max` of them.
std::vector<std::string> sql_words(std::string_view sql, size_t words_max);

}  // namespace mogura::database
