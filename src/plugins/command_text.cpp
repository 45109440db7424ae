#include "plugins/command_text.h"

#include "base/file.h"

#include <filesystem>

namespace mogura::plugins {
namespace fs = std::filesystem;

Result<std::string> place_in_project(const engine::TaskContext& context, const std::string& path) {
    fs::path whole = (fs::path(context.work_folder) / path).lexically_normal();
    fs::path below = whole.lexically_relative(fs::path(context.project_folder).lexically_normal());
    if (path.empty() || below.empty() || *below.begin() == "..") {
        return Error(Code::kInvalid, "File path must not be outside of project path: " + path);
    }
    return whole.string();
}

Result<std::string> path_in_project(const engine::TaskContext& context, const std::string& path) {
    std::string whole = TRY(place_in_project(context, path));
    std::error_code ignored;
    if (!fs::is_regular_file(whole, ignored)) {
        return Error(Code::kNotFound, "File not found: " + path);
    }
    return whole;
}

Result<std::string> command_text(const engine::TaskContext& context, const config::Map& parameters,
                                 const std::string& alias) {
    const config::Value* command = engine::present(parameters, "_command");
    if (!command) return engine::required_text(parameters, alias);
    if (command->is_map()) return engine::required_text(command->map(), "data");
    std::string name = TRY(engine::to_text(*command, "_command"));
    std::string path = TRY(path_in_project(context, name));
    std::string text = TRY(base::read_file(path));
    return context.evaluator.evaluate_text(
        {.parameters = parameters, .time_zone = context.time_zone}, text);
}

}  // namespace mogura::plugins
