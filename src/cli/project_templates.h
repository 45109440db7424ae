// What `init` puts into a new project, by type (spec digdag 9.4.1).

#pragma once

#include <string>
#include <vector>

namespace mogura::cli {

struct ProjectTemplate {
    struct File {
        std::string path;  // below the project's folder
        std::string text;
    };
    std::string type;
    std::string workflow;  // the text of NAME.dig
    std::vector<File> files;
    std::string note = {};  // what it needs before it runs here
};

// nullptr when there is no such type.
const ProjectTemplate* find_project_template(const std::string& type);
std::vector<std::string> project_template_names();

}  // namespace mogura::cli
