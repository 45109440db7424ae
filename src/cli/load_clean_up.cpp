#include "cli/load_clean_up.h"

#include "base/file.h"

#include <cstdio>
#include <filesystem>
#include <system_error>

namespace mogura::cli {

Result<> print_load_clean_up(const load::Job& job, const load::Plugins& plugins,
                             const load::Context& context, const std::string& state) {
    auto gone = TRY(load::clean_up(job, plugins, context));
    if (!state.empty() && base::file_exists(state)) {
        std::error_code failure;
        std::filesystem::remove(state, failure);
        if (failure) return Error(Code::kDenied, state + ": " + failure.message());
        gone.push_back(state);
    }
    for (const std::string& name : gone) std::printf("dropped %s\n", name.c_str());
    if (gone.empty()) std::printf("nothing to clean up\n");
    return {};
}

}  // namespace mogura::cli
