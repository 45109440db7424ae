// Rows that a filter leaves out because it cannot work on them.

#pragma once

#include "load/load.h"
#include "page/page.h"
#include "query/query.h"

#include <string>
#include <utility>

namespace mogura::plugins {

// `warning` is the log's line about it.
inline load::Reject left_out(const page::Page& page, size_t row, std::string reason,
                             std::string warning) {
    load::Reject reject{.reason = std::move(reason), .warning = std::move(warning)};
    query::append_json_object(reject.text, page, row);
    return reject;
}

}  // namespace mogura::plugins
