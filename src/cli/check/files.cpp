#include "cli/check/files.h"

#include "base/file.h"

#include <filesystem>

namespace mogura::cli::check {

namespace fs = std::filesystem;

Result<Files> Files::open(const std::string& project_folder) {
    Files files;
    files.folder_ = project_folder;
    auto names = TRY(workflow::workflow_files(project_folder));
    for (const std::string& name : names) files.read(name, true);
    return files;
}

const File& Files::read(const std::string& path, bool is_workflow) {
    auto found = files_.find(path);
    if (found != files_.end()) return found->second;
    order_.push_back(path);
    File& file = files_[path];
    file.path = path;
    file.folder = fs::path(path).parent_path().string();
    file.is_workflow = is_workflow;
    auto text = base::read_file(folder_ + "/" + path);
    if (!text.ok()) {
        file.findings = {{.file = path, .message = text.error().message()}};
        return file;
    }
    file.text = *std::move(text);
    // A called file may have a name that a workflow must not have.
    std::string name = fs::path(path).stem().string();
    if (!is_workflow && workflow::workflow_name_problem(name)) name = "called";
    auto workflow =
        workflow::load_workflow(name, file.text, path, (fs::path(folder_) / file.folder).string());
    if (workflow.ok()) {
        file.workflow = *std::move(workflow);
    } else {
        file.findings = findings_of(path, workflow.error().message());
    }
    return file;
}

const File* Files::call(const std::string& folder, const std::string& name, std::string& path) {
    fs::path relative = (fs::path(folder) / name).lexically_normal();
    if (relative.extension() != ".dig") relative += ".dig";
    if (relative.is_absolute()) relative = relative.lexically_relative(folder_);
    path = relative.empty() || *relative.begin() == ".." ? "" : relative.string();
    if (path.empty() || !exists(path)) return nullptr;
    return &read(path, false);
}

bool Files::exists(const std::string& path) const {
    std::error_code ignored;
    return fs::exists(fs::path(folder_) / path, ignored);
}

const std::string& Files::scripts() {
    if (scripts_) return *scripts_;
    scripts_.emplace();
    constexpr size_t kFilesMax = 10'000;
    std::error_code failure;
    fs::recursive_directory_iterator entry(folder_, fs::directory_options::skip_permission_denied,
                                           failure);
    for (size_t count = 0;
         !failure && entry != fs::recursive_directory_iterator() && count < kFilesMax;
         entry.increment(failure), ++count) {
        std::string extension = entry->path().extension().string();
        if (entry->path().filename().string().starts_with(".")) entry.disable_recursion_pending();
        if (extension != ".py" && extension != ".rb") continue;
        auto text = base::read_file(entry->path().string());
        if (text.ok()) *scripts_ += *text + "\n";
    }
    return *scripts_;
}

}  // namespace mogura::cli::check
