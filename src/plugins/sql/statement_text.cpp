#include "plugins/sql/statement_text.h"

#include "base/file.h"

#include <filesystem>
#include <utility>

namespace mogura::plugins {
namespace {

namespace fs = std::filesystem;

Result<std::string> path_of(const engine::TaskContext& context, const std::string& name) {
    fs::path path = (fs::path(context.work_folder) / name).lexically_normal();
    std::string inside =
        path.lexically_relative(fs::path(context.project_folder).lexically_normal());
    if (inside.empty() || inside.starts_with("..")) {
        return Error(Code::kInvalid, "the SQL file must be inside of the project: " + name);
    }
    if (!base::file_exists(path.string())) {
        return Error(Code::kNotFound, "File not found: " + name);
    }
    return path.string();
}

}  // namespace

Result<query::Text> statement_text(engine::TaskContext& context, const std::string& word) {
    const Error missing(Code::kInvalid, word + " needs the name of a SQL file, or {data: \"SQL\"}");
    const config::Value* command = context.parameters.find("_command");
    if (!command || command->is_null()) command = context.parameters.find("query");
    if (!command || command->is_null()) return missing;
    if (command->is_map()) {
        const config::Value* data = command->find("data");
        if (!data || !data->is_string()) return missing;
        return query::Text{.sql = data->string(), .file = ""};
    }
    std::string name = command->scalar_text().value_or("");
    auto path = TRY(path_of(context, name));
    auto sql = TRY(base::read_file(path));
    auto evaluated = context.evaluator.evaluate_text(
        {.parameters = context.parameters, .time_zone = context.time_zone}, sql);
    if (!evaluated.ok()) return evaluated.error().at(name);
    return query::Text{.sql = *std::move(evaluated), .file = name};
}

}  // namespace mogura::plugins
