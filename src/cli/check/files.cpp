#include "cli/check/files.h"

#include "base/file.h"
#include "cli/check/near_miss.h"
#include "cli/check/stored_names.h"

#include <algorithm>
#include <filesystem>

namespace mogura::cli::check {

namespace fs = std::filesystem;

namespace {

constexpr size_t kFilesMax = 10'000;
constexpr int64_t kTextBytesMax = 512 * 1024;  // of a file that is looked through
constexpr size_t kTextsBytesMax = 32 << 20;    // of all of them

// Whether the word stands in a workflow's text as something else than a key.
bool has_word_in_values(std::string_view text, std::string_view word) {
    for (size_t at = text.find(word); at != text.npos; at = text.find(word, at + 1)) {
        size_t end = at + word.size();
        std::string_view around =
            text.substr(at == 0 ? 0 : at - 1, word.size() + (at == 0 ? 1 : 2));
        size_t next = std::min(text.find_first_not_of(" \t\"'", end), text.size() - 1);
        if (has_word(around, word) && text[next] != ':') return true;
    }
    return false;
}

// What may store parameters: py> and rb>, and where the project has operators of its own, programs.
bool is_script(const std::string& path, std::string_view text, bool has_own_operators) {
    const std::string ending = fs::path(path).extension().string();
    return ending == ".py" || ending == ".rb" || (has_own_operators && text.starts_with("#!"));
}

bool stores_any_name(const std::string& path, std::string_view text) {
    const std::string ending = fs::path(path).extension().string();
    return (ending == ".py" && stores_computed_names(text, ScriptLanguage::kPython)) ||
           (ending == ".rb" && stores_computed_names(text, ScriptLanguage::kRuby));
}

}  // namespace

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
    file.title = fs::path(path).stem().string();
    // A called file may have a name that a workflow must not have.
    if (!is_workflow && workflow::workflow_name_problem(file.title)) file.title = "called";
    auto text = base::read_file(folder_ + "/" + path);
    if (!text.ok()) {
        file.findings = {{.file = path, .mark = {1, 1}, .message = text.error().message()}};
        return file;
    }
    file.text = *std::move(text);
    file.inspection = workflow::inspect_workflow(file.title, file.text, path,
                                                 (fs::path(folder_) / file.folder).string());
    for (const std::string& problem : file.inspection.problems) {
        for (Finding& finding : findings_of(path, problem)) {
            if (finding.mark.line == 0) {
                finding = finding_at(file.text, finding.file, {1, 1}, Severity::kError,
                                     std::move(finding.message));
            }
            file.findings.push_back(std::move(finding));
        }
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

std::string Files::hint_for(const std::string& folder, const std::string& name) {
    std::vector<std::string> known;
    for (const std::string& path : all_paths()) {
        if (fs::path(path).extension() != fs::path(name).extension()) continue;
        known.push_back(folder.empty() ? path : fs::path(path).lexically_relative(folder).string());
    }
    return hint(near_path(name, known));
}

const std::vector<std::string>& Files::all_paths() {
    if (all_paths_) return *all_paths_;
    all_paths_.emplace();
    std::error_code failure;
    fs::recursive_directory_iterator entry(folder_, fs::directory_options::skip_permission_denied,
                                           failure);
    for (; !failure && entry != fs::recursive_directory_iterator(); entry.increment(failure)) {
        if (entry->path().filename().string().starts_with(".")) {
            entry.disable_recursion_pending();
            continue;
        }
        std::error_code ignored;
        if (!entry->is_regular_file(ignored)) continue;
        all_paths_->push_back(entry->path().lexically_relative(folder_).string());
        if (all_paths_->size() >= kFilesMax) break;
    }
    std::sort(all_paths_->begin(), all_paths_->end());
    return *all_paths_;
}

void Files::read_texts() {
    if (scripts_) return;
    scripts_.emplace();
    bool has_own_operators = std::any_of(files_.begin(), files_.end(), [](const auto& entry) {
        return has_word(entry.second.text, "operators");
    });
    for (const std::string& path : all_paths()) {
        if (path.ends_with(".dig")) continue;
        const std::string whole = folder_ + "/" + path;
        auto size = base::file_size_bytes(whole);
        if (!size.ok() || *size > kTextBytesMax || texts_.size() > kTextsBytesMax) continue;
        auto text = base::read_file(whole);
        if (!text.ok() || text->find('\0') != std::string::npos) continue;
        if (is_script(path, *text, has_own_operators)) *scripts_ += *text + "\n";
        scripts_store_any_name_ = scripts_store_any_name_ || stores_any_name(path, *text);
        texts_ += *text + "\n";
    }
}

const std::string& Files::scripts() {
    read_texts();
    return *scripts_;
}

bool Files::scripts_store_any_name() {
    read_texts();
    return scripts_store_any_name_;
}

bool Files::has_script(const std::string& name, const std::string& ending) {
    if (!script_names_) {
        script_names_.emplace();
        for (const fs::path path : all_paths()) {
            if (path.extension() != ".py" && path.extension() != ".rb") continue;
            script_names_->insert(path.filename().string());
            for (const fs::path& folder : path.parent_path()) {
                script_names_->insert(folder.string() + path.extension().string());
            }
        }
    }
    return script_names_->contains(fs::path(name).stem().string() + ending);
}

bool Files::mentions(std::string_view word) {
    read_texts();
    if (has_word(texts_, word)) return true;
    return std::any_of(files_.begin(), files_.end(), [&](const auto& entry) {
        return has_word_in_values(entry.second.text, word);
    });
}

}  // namespace mogura::cli::check
