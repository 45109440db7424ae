// Rows that a filter leaves out because it cannot work on them.

#pragma once

#include "base/result.h"
#include "load/load.h"
#include "page/page.h"
#include "plugins/made_columns.h"
#include "query/query.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {

// `warning` is the log's line about it.
inline load::Reject left_out(const page::Page& page, size_t row, std::string reason,
                             std::string warning) {
    load::Reject reject{.reason = std::move(reason), .warning = std::move(warning)};
    query::append_json_object(reject.text, page, row);
    return reject;
}

// A page whose columns are what `make(page, row, builder)` puts into a builder of `made`, beside
// those of `page` as combine() has it. Rows that it fails for are left out.
template <typename Make>
Result<page::Page> with_made_columns(page::Page page, const page::Schema& made,
                                     const page::Schema& schema, std::span<const size_t> order,
                                     const load::RejectSink& rejects, Make make) {
    page::Builder builder(made);
    std::vector<uint8_t> keep(page.rows(), 1);
    bool drops = false;
    for (size_t row = 0; row < page.rows(); ++row) {
        auto done = make(page, row, builder);
        if (!done.ok()) {
            std::string reason = done.error().message();
            std::string warning = "Skipped a record (" + reason + ")";
            TRY(rejects(left_out(page, row, std::move(reason), std::move(warning))));
            keep[row] = 0;
            drops = true;
        }
        builder.end_row();
    }
    page::Page whole = combine(std::move(page), builder.finish(), schema, order);
    return drops ? std::move(whole).filter(keep) : std::move(whole);
}

}  // namespace mogura::plugins
