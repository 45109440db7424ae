#include "load/stages.h"

#include <algorithm>
#include <string>
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
        std::string name = TRY(plugin_name(filter));
        if (plugins.filters.has(name) || plugins.whole_filters.has(name)) continue;
        std::vector<std::string> known = plugins.filters.names();
        for (std::string& whole : plugins.whole_filters.names()) known.push_back(std::move(whole));
        return unknown_plugin(filter, plugins.filters.noun(), name, known);
    }
    return {};
}

Result<std::vector<Stage>> make_stages(const PluginConfig& config, const page::Schema& input,
                                       const Plugins& plugins, const Context& context) {
    std::vector<Stage> stages;
    stages.push_back({.chain = Chain(input)});
    std::vector<const config::Map*> maps = TRY(mappings_of(config, "filters"));
    for (size_t index = 0; index < maps.size(); ++index) {
        PluginConfig place{*maps[index], config.file, filter_path(index)};
        Stage& stage = stages.back();
        std::string name = TRY(plugin_name(place));
        if (plugins.whole_filters.has(name)) {
            stage.whole =
                TRY(make_plugin(plugins.whole_filters, place, stage.chain.schema(), context));
            page::Schema given = stage.whole->schema();
            stages.push_back({.chain = Chain(std::move(given))});
        } else {
            auto filter = TRY(make_plugin(plugins.filters, place, stage.chain.schema(), context));
            stage.chain.add(std::move(filter), place.path);
        }
    }
    return stages;
}

}  // namespace mogura::load
