// Workflows from text, from a folder, and from a file that another workflow calls.

#include "base/file.h"
#include "workflow/compiler.h"
#include "workflow/ignore.h"
#include "workflow/names.h"
#include "workflow/source.h"
#include "workflow/top_level.h"
#include "workflow/workflow.h"

#include <sys/stat.h>

#include <filesystem>

namespace mogura::workflow {
namespace {

constexpr std::string_view kSuffix = ".dig";

bool is_regular_file(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

// "workflow FILE:LINE:COLUMN: what" (1.1.5).
std::string broken(const std::string& file, const std::string& message) {
    return message.starts_with(file + ":") ? "workflow " + message
                                           : "workflow " + file + ": " + message;
}

// Whether the file itself is wrong. Everything else (a missing include) ends the load.
bool is_users(const Error& error) {
    return error.code() == Code::kInvalid || error.code() == Code::kLimit;
}

}  // namespace

const Workflow* Project::find(std::string_view name) const {
    for (const Workflow& workflow : workflows) {
        if (workflow.name == name) return &workflow;
    }
    return nullptr;
}

Result<Workflow> load_workflow(const std::string& name, const std::string& text,
                               const std::string& file, const std::string& folder) {
    if (auto found = workflow_name_problem(name))
        return Error(Code::kInvalid, file + ": " + *found);
    Source source(file, text, folder);
    Workflow workflow;
    workflow.name = name;
    workflow.file = file;
    workflow.config = TRY(source.parse());

    Problems problems(&source);
    check_top_level(workflow.config, name, problems);
    workflow.time_zone = time_zone_of(workflow.config, problems);
    workflow.tasks = Compiler("", problems).compile("+" + name, workflow.config, {});
    TRY(problems.finish());

    source.name_files(workflow.config);
    for (TaskDefinition& task : workflow.tasks) source.name_files(task.config);
    return workflow;
}

Result<std::vector<std::string>> workflow_files(const std::string& folder) {
    const IgnoreRules ignored = TRY(IgnoreRules::read(folder));
    const std::vector<std::string> names = TRY(base::list_folder(folder));
    std::vector<std::string> files;
    for (const std::string& file : names) {
        if (!file.ends_with(kSuffix) || file.starts_with('.') ||
            ignored.ignores(file, /*is_folder=*/false)) {
            continue;
        }
        if (is_regular_file(folder + "/" + file)) files.push_back(file);
    }
    return files;
}

Result<Project> load_project(const std::string& folder) {
    Project project{.folder = folder, .workflows = {}};
    const std::vector<std::string> files = TRY(workflow_files(folder));
    std::string problems;
    for (const std::string& file : files) {
        const std::string text = TRY(base::read_file(folder + "/" + file));
        auto workflow =
            load_workflow(file.substr(0, file.size() - kSuffix.size()), text, file, folder);
        if (workflow.ok()) {
            project.workflows.push_back(*std::move(workflow));
        } else if (is_users(workflow.error())) {
            problems += "\n" + broken(file, workflow.error().message());
        } else {
            return workflow.error();
        }
    }
    if (!problems.empty()) return Error(Code::kInvalid, "Validating project failed" + problems);
    return project;
}

Result<config::Map> load_called_text(const std::string& text, const std::string& file,
                                     const std::string& folder) {
    Source source(file, text, folder);
    config::Map mapping = TRY(source.parse());

    const std::string title = std::filesystem::path(file).stem().string();
    Problems problems(&source);
    check_top_level(mapping, title, problems);
    static_cast<void>(time_zone_of(mapping, problems));
    Compiler("", problems).compile("+" + title, mapping, {});
    TRY(problems.finish());

    source.name_files(mapping);
    for (const char* unused : {"timezone", "schedule", "sla"}) mapping.erase(unused);
    return mapping;
}

Result<config::Map> load_called(const std::string& project_folder, const std::string& workdir,
                                const std::string& name) {
    namespace fs = std::filesystem;
    fs::path relative = (fs::path(workdir) / name).lexically_normal();
    if (!relative.string().ends_with(kSuffix)) relative += kSuffix;
    if (relative.is_absolute()) {  // fine when it leads into the project
        relative = relative.lexically_relative(fs::path(project_folder).lexically_normal());
    }
    if (relative.empty() || *relative.begin() == "..") {
        return Error(Code::kInvalid, "File path must not be outside of the project: " + name);
    }
    const fs::path path = fs::path(project_folder) / relative;
    if (!is_regular_file(path.string())) {
        return Error(Code::kNotFound, "File not found: " + relative.string());
    }
    const std::string text = TRY(base::read_file(path.string()));
    config::Map file = TRY(load_called_text(text, relative.string(), path.parent_path().string()));
    const std::string subfolder = relative.parent_path().string();
    if (subfolder.empty()) return file;
    config::Value* exported = file.find("_export");
    if (!exported || !exported->is_map()) exported = &file.set("_export", config::Map());
    const config::Value* inner = exported->find("_workdir");
    std::string inner_text = inner ? inner->scalar_text().value_or("") : "";
    exported->map().set("_workdir", inner_text.empty() ? subfolder : subfolder + "/" + inner_text);
    return file;
}

Result<std::vector<TaskDefinition>> compile(const std::string& parent_full_name,
                                            const std::string& name, const config::Map& config) {
    Problems problems;
    auto tasks = Compiler(parent_full_name, problems).compile(name, config, {});
    TRY(problems.finish());
    return tasks;
}

std::optional<OperatorKey> find_operator(const config::Map& config) {
    if (const config::Value* type = config.find("_type")) {
        const config::Value* command = config.find("_command");
        return OperatorKey{type->scalar_text().value_or(config::to_json(*type)),
                           command ? *command : config::Value()};
    }
    for (const config::Map::Entry& entry : config) {
        if (!entry.key.ends_with('>')) continue;
        return OperatorKey{entry.key.substr(0, entry.key.size() - 1), entry.value};
    }
    return std::nullopt;
}

}  // namespace mogura::workflow
