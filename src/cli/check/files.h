// The workflow files of a project and those that they call, read once.

#pragma once

#include "base/result.h"
#include "cli/check/finding.h"
#include "workflow/workflow.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mogura::cli::check {

struct File {
    std::string path;    // below the project's folder: "sub/load.dig"
    std::string folder;  // below the project's folder; "" is the folder itself
    std::string text;
    bool is_workflow = false;  // of the project, not only called
    // Nothing when the file is broken; then `findings` says why.
    std::optional<workflow::Workflow> workflow;
    std::vector<Finding> findings = {};
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
    // The text of every script of the project, one behind the other; read on the first use.
    const std::string& scripts();

  private:
    const File& read(const std::string& path, bool is_workflow);

    std::string folder_;
    std::vector<std::string> order_;
    std::map<std::string, File> files_;
    std::optional<std::string> scripts_;
};

}  // namespace mogura::cli::check
