#include "load/chain.h"

#include <utility>

namespace mogura::load {
namespace {

std::string filter_path(size_t index) {
    return "filters[" + std::to_string(index) + "]";
}

}  // namespace

Result<> check_filters(const PluginConfig& config, const Plugins& plugins) {
    std::vector<const config::Map*> maps = TRY(mappings_of(config, "filters"));
    for (size_t index = 0; index < maps.size(); ++index) {
        PluginConfig filter{*maps[index], config.file, filter_path(index)};
        TRY(check_plugin(plugins.filters, filter));
    }
    return {};
}

Result<Chain> Chain::make(const PluginConfig& config, const page::Schema& input,
                          const Plugins& plugins, const Context& context) {
    Chain chain;
    chain.schema_ = input;
    std::vector<const config::Map*> maps = TRY(mappings_of(config, "filters"));
    for (size_t index = 0; index < maps.size(); ++index) {
        PluginConfig place{*maps[index], config.file, filter_path(index)};
        auto filter = make_plugin(plugins.filters, place, chain.schema_, context);
        if (!filter.ok()) return filter.error();
        chain.schema_ = (*filter)->schema();
        chain.filters_.push_back(*std::move(filter));
    }
    return chain;
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

}  // namespace mogura::load
