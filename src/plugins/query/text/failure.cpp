#include "plugins/query/text/failure.h"

#include "config/config.h"
#include "database/database.h"

namespace mogura::plugins {

Error failure_at(const query::Text& text, size_t offset, const Error& error) {
    const database::SqlPlace place = database::place_in(text.sql, offset);
    const std::string file = text.file.empty() ? "query" : text.file;
    return {error.code(),
            config::message_with_caret(text.sql, file, {.line = place.line, .column = place.column},
                                       error.message())};
}

}  // namespace mogura::plugins
