#include "load/clean_up.h"

#include "load/plugin_choice.h"
#include "load/target.h"

#include <memory>

namespace mogura::load {

Result<std::vector<std::string>> clean_up(const Job& job, const Plugins& plugins,
                                          const Context& context) {
    const config::Map* out = TRY(mapping_of(PluginConfig{job.config, job.file, ""}, "out"));
    const PluginConfig place{*out, job.file, "out"};
    TRY(check_target(place, plugins));
    const std::string name = TRY(plugin_name(place));
    if (!plugins.outputs.has(name)) {
        auto output = TRY(make_plugin(plugins.file_outputs, place, context));
        // Asking for a path removes what killed runs left; nothing is written there.
        if (output->can_adopt()) output->local_path(0, 0);
        output->discard();
        return std::vector<std::string>();
    }
    std::unique_ptr<Output> output = TRY(make_plugin(plugins.outputs, place, context));
    return output->clean_up();
}

}  // namespace mogura::load
