// Files and workflows that an operator will look for.

#include "base/text.h"
#include "cli/check/rules.h"
#include "cli/check/script_command.h"

#include <algorithm>
#include <filesystem>

namespace mogura::cli::check {
namespace {

class NeededFiles {
  public:
    NeededFiles(const Place& place, const TaskView& task) : place_(place), task_(task) {}

    void run() {
        const config::Map::Entry* entry = operator_entry(task_.mapping);
        const config::Value* command = template_file_of(task_.mapping);
        if (!command) command = command_of(task_.mapping);
        auto text = command ? command->scalar_text() : std::nullopt;
        // A folder that the workflow chooses itself is known only when it runs.
        bool moves = task_.knows("_workdir") || place_.incoming.contains("_workdir");
        if (!entry || !text || moves) return;
        mark_ = command->mark().line > 0 ? command->mark() : entry->mark;
        std::string name = operator_name(*entry);
        if (name == "sh") return check_script(*text);
        if (text->empty() || text->find('$') != std::string::npos) return;
        if (reads_template_file(name)) return check_file(name, *text);
        if (name == "py") return check_python(*text);
        if (name == "rb") return check_ruby();
        if (name == "require") return check_required(*text);
    }

  private:
    bool exists(const std::string& name) const {
        if (name.starts_with("/")) {
            std::error_code ignored;
            return std::filesystem::exists(name, ignored);
        }
        return place_.files.exists(
            (std::filesystem::path(place_.file.folder) / name).lexically_normal().string());
    }
    std::string hint_for(const std::string& name) const {
        return place_.files.hint_for(place_.file.folder, name);
    }

    void check_script(const std::string& command) {
        std::string file = script_file(command);
        if (file.empty() || exists(file)) return;
        place_.add(mark_, Severity::kWarning,
                   "sh>: there is no file " + file + " in the project" + hint_for(file));
    }

    void check_file(const std::string& name, const std::string& file) {
        if (file.find('\n') != std::string::npos || exists(file)) return;
        place_.add(mark_, Severity::kError, name + ">: there is no file " + file + hint_for(file));
    }

    // "package.module.Class.method": the first part is a module of the project, or an installed
    // one.
    void check_python(const std::string& method) {
        std::vector<std::string> parts = base::split(method, '.');
        if (parts.size() < 2) return;
        const std::string& top = parts[0];
        if (exists(top + ".py")) return;
        if (!exists(top)) {
            return place_.add(mark_, Severity::kWarning,
                              "py>: there is no module " + top + " in the project (" + top +
                                  ".py); it must be an installed one" + hint_for(top + ".py"));
        }
        std::string second = top + "/" + parts[1];
        if (exists(second + ".py") || exists(second) || exists(top + "/__init__.py")) return;
        place_.add(mark_, Severity::kWarning,
                   "py>: there is no module " + second + ".py" + hint_for(second + ".py"));
    }

    void check_ruby() {
        const config::Value* required = task_.mapping.find("require");
        auto name = required ? required->scalar_text() : std::nullopt;
        if (!name || name->find('$') != std::string::npos || name->find('/') == std::string::npos) {
            return;  // a gem
        }
        if (exists(*name) || exists(*name + ".rb")) return;
        place_.add(required->mark(), Severity::kWarning,
                   "rb>: there is no file " + *name + ".rb" + hint_for(*name + ".rb"));
    }

    void check_required(const std::string& name) {
        for (const char* other : {"project_name", "project_id"}) {
            if (task_.mapping.find(other)) return;
        }
        std::vector<std::string> known;
        for (const std::string& path : place_.files.paths()) {
            const File& file = place_.files.at(path);
            if (file.is_workflow) known.push_back(path.substr(0, path.size() - 4));
        }
        if (std::find(known.begin(), known.end(), name) != known.end()) return;
        place_.add(
            mark_, Severity::kError,
            "require>: this project has no workflow " + name + base::did_you_mean(name, known));
    }

    const Place& place_;
    const TaskView& task_;
    config::Mark mark_;
};

}  // namespace

void check_needed_files(const Place& place, const TaskView& task) {
    NeededFiles(place, task).run();
}

}  // namespace mogura::cli::check
