#include "load/plugin_choice.h"

#include "base/log.h"

#include <algorithm>

namespace mogura::load {
namespace {

std::string place_of(const PluginConfig& config, std::string_view key) {
    return config::Reader(config.map, config.file, config.path).place_of(key);
}

// Names of plugins are short and unlike: what is two letters away is another plugin, as a rule.
std::string slip_of(std::string_view name, std::span<const std::string> known) {
    const auto found = base::nearest(name, known);
    const size_t distance_max = name.size() < 6 ? 1 : 2;
    if (!found || base::edit_distance(name, *found) > distance_max) return "";
    return " (did you mean " + *found + "?)";
}

std::string not_here(std::span<const std::string> known) {
    return " (plugins in Java or Ruby cannot be loaded; built in are: " + base::join(known, ", ") +
           ")";
}

}  // namespace

Result<std::string> plugin_name(const PluginConfig& config) {
    const config::Value* type = config.map.find("type");
    if (!type) {
        return Error(Code::kInvalid,
                     place_of(config, "type") + ": Attribute type is required but not set");
    }
    if (type->is_null()) {
        return Error(Code::kInvalid,
                     place_of(config, "type") +
                         ": this is YAML's null (write {type: \"null\"} with quotes "
                         "for the plugin of that name)");
    }
    const config::Value* name = type->is_map() ? type->find("name") : type;
    auto text = name ? name->scalar_text() : std::nullopt;
    if (!text || text->empty()) {
        return Error(Code::kInvalid,
                     place_of(config, "type") +
                         ": expected the name of a plugin, or a mapping with a name in it");
    }
    return *text;
}

Result<const config::Map*> mapping_of(const PluginConfig& outer, std::string_view key) {
    const config::Value* value = outer.map.find(key);
    if (!value || value->is_null()) {
        return Error(Code::kInvalid, place_of(outer, key) + ": Field '" + std::string(key) +
                                         "' is required but not set");
    }
    if (!value->is_map()) {
        return Error(Code::kInvalid, place_of(outer, key) + ": expected a mapping, not " +
                                         std::string(value->kind_name()));
    }
    return &value->map();
}

Result<std::vector<const config::Map*>> mappings_of(const PluginConfig& outer,
                                                    std::string_view key) {
    std::vector<const config::Map*> maps;
    const config::Value* value = outer.map.find(key);
    if (!value || value->is_null()) return maps;
    if (!value->is_list()) {
        return Error(Code::kInvalid, place_of(outer, key) + ": expected a list of mappings, not " +
                                         std::string(value->kind_name()));
    }
    for (const config::Value& item : value->list()) {
        if (!item.is_map()) {
            return Error(Code::kInvalid, place_of(outer, key) +
                                             ": expected mappings in the list, not " +
                                             std::string(item.kind_name()));
        }
        maps.push_back(&item.map());
    }
    return maps;
}

Error unknown_plugin(const PluginConfig& config, std::string_view noun, std::string_view name,
                     std::span<const std::string> known) {
    const std::string hint = slip_of(name, known);
    return {Code::kInvalid, place_of(config, "type") + ": unknown " + std::string(noun) + ": " +
                                std::string(name) + (hint.empty() ? not_here(known) : hint)};
}

void warn_unknown(const PluginConfig& config, const std::vector<config::Option>& known,
                  std::span<const std::string_view> ours) {
    std::vector<std::string> names;
    for (const config::Option& option : known) names.push_back(option.name);
    for (const config::Map::Entry& entry : config.map) {
        if (std::ranges::find(names, entry.key) != names.end()) continue;
        if (std::ranges::find(ours, entry.key) != ours.end()) continue;
        log::warn(place_of(config, entry.key) + ": unknown option, ignored" +
                  base::did_you_mean(entry.key, names));
    }
}

}  // namespace mogura::load
