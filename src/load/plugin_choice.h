// Which plugin a piece of configuration asks for (embulk 1.11): `type: NAME`, or a mapping with the
// name in it. And the warnings for options that the plugin does not know: the original ignores
// them, so they never fail a run.

#pragma once

#include "base/result.h"
#include "base/text.h"
#include "config/config.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::load {

// A plugin's own mapping and where it stands.
struct PluginConfig {
    const config::Map& map;
    std::string file;
    std::string path;  // "in.parser"
};

Result<std::string> plugin_name(const PluginConfig& config);

// The mapping under `key`; an error with its place when it is missing or something else.
Result<const config::Map*> mapping_of(const PluginConfig& outer, std::string_view key);
// The mappings of a list ("decoders"); empty when the key is absent or null.
Result<std::vector<const config::Map*>> mappings_of(const PluginConfig& outer,
                                                    std::string_view key);

// "PLACE: unknown parser: X (did you mean Y?)".
Error unknown_plugin(const PluginConfig& config, std::string_view noun, std::string_view name,
                     std::span<const std::string> known);
// `ours` are the keys that belong to the pipeline ("type", "parser").
void warn_unknown(const PluginConfig& config, const std::vector<config::Option>& known,
                  std::span<const std::string_view> ours);

inline constexpr std::string_view kPipelineKeys[] = {"type",     "parser",    "decoders",
                                                     "encoders", "formatter", "filters"};

template <typename Interface, typename... Arguments>
Result<> check_plugin(const config::Registry<Interface, Arguments...>& registry,
                      const PluginConfig& config) {
    std::string name = TRY(plugin_name(config));
    if (registry.has(name)) return {};
    return unknown_plugin(config, registry.noun(), name, registry.names());
}

template <typename Interface, typename... Arguments>
Result<std::unique_ptr<Interface>> make_plugin(
    const config::Registry<Interface, Arguments...>& registry, const PluginConfig& config,
    std::type_identity_t<Arguments>... arguments) {
    std::string name = TRY(plugin_name(config));
    if (!registry.has(name)) return unknown_plugin(config, registry.noun(), name, registry.names());
    warn_unknown(config, registry.options(name), kPipelineKeys);
    config::Reader reader(config.map, config.file, config.path);
    reader.follow_embulk();
    return registry.create(name, reader, true, arguments...);
}

}  // namespace mogura::load
