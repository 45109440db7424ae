#include "load/chain.h"

#include <algorithm>
#include <utility>

namespace mogura::load {

void Chain::add(std::unique_ptr<Filter> filter, std::string place) {
    schema_ = filter->schema();
    links_.push_back({std::move(filter), std::move(place)});
}

Result<Batch> Chain::process(std::vector<page::Page> pages, std::vector<Reject>& rejects) const {
    Batch batch;
    for (page::Page& page : pages) {
        for (const Link& link : links_) {
            auto reject = [&](Reject row) -> Result<> {
                row.filter = link.place;
                if (row.warning.empty()) {
                    row.warning =
                        "Skipped a row in " + link.place + " (" + row.reason + "): " + row.text;
                }
                rejects.push_back(std::move(row));
                return {};
            };
            page = TRY(link.filter->apply_with_rejects(std::move(page), reject));
        }
        if (page.rows() == 0) continue;
        Chunk chunk;
        chunk.rows = static_cast<int64_t>(page.rows());
        if (formatter_) {
            TRY(formatter_->format(page, chunk.text));
        } else {
            chunk.page = std::move(page);
        }
        batch.push_back(std::move(chunk));
    }
    return batch;
}

std::vector<page::Schema> Chain::schemas() const {
    std::vector<page::Schema> schemas = {input_};
    for (const Link& link : links_) schemas.push_back(link.filter->schema());
    return schemas;
}

Result<> Chain::finish() const {
    for (const Link& link : links_) TRY(link.filter->finish());
    return {};
}

Result<> Chain::commit() const {
    for (const Link& link : links_) TRY(link.filter->commit());
    return {};
}

bool Chain::keeps_rows() const {
    return std::ranges::any_of(links_, [](const Link& link) { return link.filter->keeps_rows(); });
}

}  // namespace mogura::load
