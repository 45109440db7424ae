#include "cli/load_clean_up.h"

#include "base/file.h"
#include "cli/load_resume.h"

#include <cstdio>
#include <vector>

namespace mogura::cli {

Result<> print_load_clean_up(const load::Job& job, const load::Plugins& plugins,
                             const load::Context& context, const std::string& state) {
    std::vector<std::string> gone;
    const auto clean_up = [&]() -> Result<> {
        gone = TRY(load::clean_up(job, plugins, context));
        return {};
    };
    if (!state.empty() && base::file_exists(state)) {
        TRY(drop_resume_state(state, clean_up));
        gone.push_back(state);
    } else {
        TRY(clean_up());
    }
    for (const std::string& name : gone) std::printf("dropped %s\n", name.c_str());
    if (gone.empty()) std::printf("nothing to clean up\n");
    return {};
}

}  // namespace mogura::cli
