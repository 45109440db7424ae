#include "base/program.h"

#include "base/text.h"

#include <sys/stat.h>
#include <unistd.h>

namespace mogura::base {

std::optional<std::string> program_problem(const std::string& path, const std::string& name) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return "no such program: " + name;
    if (S_ISDIR(status.st_mode)) return "a folder, not a program: " + name + " (name the file)";
    if (::access(path.c_str(), X_OK) != 0) return "not executable: " + name + " (chmod +x it)";
    return std::nullopt;
}

std::optional<std::string> find_program(const std::string& name, std::string_view search_path) {
    if (name.empty() || name.find('/') != std::string::npos) return std::nullopt;
    for (const std::string& folder : split(search_path, ':')) {
        std::string path = (folder.empty() ? "." : folder) + "/" + name;
        if (!program_problem(path, name)) return path;
    }
    return std::nullopt;
}

}  // namespace mogura::base
