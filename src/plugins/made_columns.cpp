#include "plugins/made_columns.h"

#include "base/check.h"

#include <utility>
#include <vector>

namespace mogura::plugins {

page::Page combine(page::Page page, page::Page made, const page::Schema& schema,
                   std::span<const size_t> order) {
    CHECK(page.rows() == made.rows());
    std::vector<page::ColumnData> columns;
    columns.reserve(order.size());
    for (size_t index : order) {
        page::Page& from = index < page.columns() ? page : made;
        columns.push_back(
            std::move(from.column(index < page.columns() ? index : index - page.columns())));
    }
    std::vector<page::Owner> owners(page.owners().begin(), page.owners().end());
    owners.insert(owners.end(), made.owners().begin(), made.owners().end());
    return {schema, std::move(columns), page.rows(), std::move(owners)};
}

}  // namespace mogura::plugins
