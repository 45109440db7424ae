#include "cli/load_resume.h"

#include "base/file.h"
#include "base/log.h"

#include <filesystem>
#include <utility>

namespace mogura::cli {
namespace {

// Empty when there is no file or nothing in it.
Result<config::Map> read_state(const std::string& path) {
    if (!base::file_exists(path)) return config::Map();
    std::string text = TRY(base::read_file(path));
    if (text.empty()) return config::Map();
    config::Value value =
        TRY(config::parse_yaml(text, {.dialect = config::Dialect::kEmbulk, .file = path}));
    if (!value.is_map()) {
        return Error(Code::kInvalid, path + ": not a resume state (remove the file to begin anew)");
    }
    return value.map();
}

}  // namespace

Result<load::Summary> run_resumable_load(const std::string& path, const load::Job& job,
                                         const plugins::Registry& registry,
                                         const load::Context& context, load::Progress& progress,
                                         std::stop_token stop) {
    config::Map state = TRY(read_state(path));
    auto summary = load::run_resumable(job, registry, context, progress, state, std::move(stop));
    if (state.empty()) {
        std::error_code failure;
        std::filesystem::remove(path, failure);
        return summary;
    }
    log::info("Writing resume state to '" + path + "'");
    auto written = base::write_file(path, config::to_yaml(config::Value(std::move(state))));
    if (!written.ok()) {
        log::error("the resume state is lost: " + written.error().message());
    } else {
        log::info("The same command goes on from it; cleanup -r " + path + " throws it away");
    }
    return summary;
}

}  // namespace mogura::cli
