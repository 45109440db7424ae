// A failing statement with its place: "top.sql:3:8: what", the text's line, a caret under it.

#pragma once

#include "base/result.h"
#include "query/query.h"

#include <cstddef>

namespace mogura::plugins {

// `offset` is where it failed, in bytes from the start of the text.
Error failure_at(const query::Text& text, size_t offset, const Error& error);

}  // namespace mogura::plugins
