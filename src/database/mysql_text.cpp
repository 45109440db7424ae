#include "database/mysql.h"

namespace mogura::database {

std::string mysql_identifier(std::string_view name) {
    std::string quoted = "`";
    for (char letter : name) {
        if (letter == '`') quoted += '`';
        quoted += letter;
    }
    return quoted + '`';
}

void append_mysql_escaped(std::string& sql, std::string_view text) {
    size_t copied = 0;
    for (size_t place = 0; place < text.size(); ++place) {
        const char letter = text[place];
        if (letter != '\'' && letter != '\\' && letter != '\0' && letter != '\n' &&
            letter != '\r' && letter != '\x1A') {
            continue;
        }
        sql.append(text, copied, place - copied);
        sql += '\\';
        sql += letter == '\0'     ? '0'
               : letter == '\n'   ? 'n'
               : letter == '\r'   ? 'r'
               : letter == '\x1A' ? 'Z'
                                  : letter;
        copied = place + 1;
    }
    sql.append(text, copied);
}

std::string mysql_literal(std::string_view text) {
    std::string literal = "'";
    append_mysql_escaped(literal, text);
    return literal + "'";
}

}  // namespace mogura::database
