#include "database/postgresql.h"

namespace mogura::database {

std::string postgresql_identifier(std::string_view name) {
    std::string quoted = "\"";
    for (char letter : name) {
        if (letter == '"') quoted += '"';
        quoted += letter;
    }
    return quoted + '"';
}

std::string postgresql_literal(std::string_view text) {
    // E'...' reads backslashes the same way whatever standard_conforming_strings says.
    std::string literal = text.find('\\') == text.npos ? "'" : "E'";
    for (char letter : text) {
        if (letter == '\0') continue;
        if (letter == '\'' || letter == '\\') literal += letter;
        literal += letter;
    }
    return literal + "'";
}

}  // namespace mogura::database
