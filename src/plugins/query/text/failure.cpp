#include "plugins/query/text/failure.h"

namespace mogura::plugins {

Error failure_at(const query::Text& text, size_t offset, const Error& error) {
    return {error.code(), query::message_at(text.sql, text.file, offset, error.message())};
}

}  // namespace mogura::plugins
