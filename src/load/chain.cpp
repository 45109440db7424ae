#include "load/chain.h"

#include <algorithm>
#include <utility>

namespace mogura::load {

void Chain::add(std::unique_ptr<Filter> filter) {
    schema_ = filter->schema();
    filters_.push_back(std::move(filter));
}

Result<Batch> Chain::process(std::vector<page::Page> pages) const {
    Batch batch;
    for (page::Page& page : pages) {
        for (const auto& filter : filters_) page = TRY(filter->apply(std::move(page)));
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
    for (const auto& filter : filters_) schemas.push_back(filter->schema());
    return schemas;
}

Result<> Chain::finish() const {
    for (const auto& filter : filters_) TRY(filter->finish());
    return {};
}

Result<> Chain::commit() const {
    for (const auto& filter : filters_) TRY(filter->commit());
    return {};
}

bool Chain::keeps_rows() const {
    return std::ranges::any_of(filters_, [](const auto& filter) { return filter->keeps_rows(); });
}

}  // namespace mogura::load
