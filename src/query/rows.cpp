#include "query/query.h"

#include <utility>

namespace mogura::query {

Result<> each_page(Rows& rows, const PageSink& sink) {
    while (true) {
        page::Page page;
        bool has_page = TRY(rows.next(page));
        if (!has_page) return {};
        TRY(sink(std::move(page)));
    }
}

}  // namespace mogura::query
