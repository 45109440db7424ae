#include "cli/load_clean_up.h"

#include <cstdio>

namespace mogura::cli {

Result<> print_load_clean_up(const load::Job& job, const load::Plugins& plugins,
                             const load::Context& context) {
    const auto gone = TRY(load::clean_up(job, plugins, context));
    for (const std::string& name : gone) std::printf("dropped %s\n", name.c_str());
    if (gone.empty()) std::printf("nothing to clean up\n");
    return {};
}

}  // namespace mogura::cli
