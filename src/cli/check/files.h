// The workflow files of a project and those that they call, read once, and what else lies there.

#pragma once

#include "base/result.h"
#include "cli/check/finding.h"
#include "workflow/workflow.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::cli::check {

struct File {
    std::string path;    // below the project's folder: "sub/load.dig"
    std::string folder;  // below the project's folder; "" is the folder itself
    std::string title;   // the name of its root task, without "+"
    std::string text;
    bool is_workflow = false;  // of the project, not only called
    // What it holds, as far as it can be read.
    workflow::Inspection inspection = {};
    std::vector<Finding> findings = {};  // what the loader refuses

    const config::Map* mapping() const {
        return inspection.mapping ? &*inspection.mapping : nullptr;
    }
};

class Files {
  public:
    // Reads the workflows of the project.
    static Result<Files> open(const std::string& project_folder);

    const std::string& folder() const { return folder_; }
    // Workflows by name, then called files in the order in which they were met.
    const std::vector<std::string>& paths() const { return order_; }
    const File& at(const std::string& path) const { return files_.at(path); }

    // What `call>: NAME` in a file of `folder` means; nullptr when there is no such file. `path`
    // receives where it was looked for; "" when that is outside the project.
    const File* call(const std::string& folder, const std::string& name, std::string& path);
    // Whether there is such a file or folder below the project.
    bool exists(const std::string& path) const;
    // " (did you mean PATH?)" for a file that a task of a file in `folder` looks for.
    std::string hint_for(const std::string& folder, const std::string& name);
    // The text of every script of the project, one behind the other; read on the first use.
    const std::string& scripts();
    // Whether some of them stores parameters whose names do not stand there.
    bool scripts_store_any_name();
    // Whether the project has such a file, or a folder of that name with modules in it, in whatever
    // folder: "tasks/run" and ".rb".
    bool has_script(const std::string& name, const std::string& ending);
    // Whether the word stands anywhere in the project but as a key of a workflow.
    bool mentions(std::string_view word);

  private:
    const File& read(const std::string& path, bool is_workflow);
    // All files below the project, but those of hidden folders; "sub/query.sql".
    const std::vector<std::string>& all_paths();
    void read_texts();

    std::string folder_;
    std::vector<std::string> order_;
    std::map<std::string, File> files_;
    std::optional<std::vector<std::string>> all_paths_;
    std::optional<std::set<std::string>> script_names_;  // as has_script() looks for them
    std::optional<std::string> scripts_;
    std::string texts_;  // of all files but workflows
    bool scripts_store_any_name_ = false;
};

}  // namespace mogura::cli::check
