// `init`: a new project that runs (spec digdag 9.4.1, 9.4.2).

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/project_templates.h"
#include "cli/usual_command.h"
#include "workflow/workflow.h"

#include <cstdio>
#include <filesystem>

namespace mogura::cli {
namespace {

constexpr const char* kHelp = R"(Make a new project with a workflow that runs.

Usage: mogura init DIR [-t TYPE]

  -t, --type TYPE    echo (the default), sh, ruby, python, td or postgresql

DIR/NAME.dig is named after the last part of DIR; "." makes it here. Nothing is overwritten.
)";

const OptionSpecs& options() {
    static const OptionSpecs kOptions = {{{"-t", "--type"}, OptionKind::kValue, "TYPE", ""},
                                         {{"-l", "--log-level"}, OptionKind::kValue, "LEVEL", ""},
                                         {{"--help", "-help", "-h"}, OptionKind::kFlag, "", ""}};
    return kOptions;
}

Result<> write(const std::filesystem::path& path, const std::string& text) {
    std::printf("  Creating %s\n", path.c_str());
    TRY(base::make_folders(path.parent_path().string().empty() ? "."
                                                               : path.parent_path().string()));
    return base::write_file(path.string(), text);
}

// How to go on. Under the name digdag a td> workflow goes to a server, as the original says.
void print_end(const House& house, const ProjectTemplate& chosen, const std::string& name,
               const std::string& folder) {
    bool is_digdag = house.called_as == "digdag";
    bool is_pushed = is_digdag && chosen.type == "td";
    std::string way = folder.empty() ? "Type" : "Type `cd " + folder + "` and then";
    std::string command = is_pushed   ? "digdag push " + name
                          : is_digdag ? "digdag run " + name + ".dig"
                                      : "mogura run " + name + ".dig";
    if (is_digdag || chosen.note.empty()) {
        std::printf("Done. %s `%s` to %s. Enjoy!\n", way.c_str(), command.c_str(),
                    is_pushed ? "put it on a server" : "run the workflow");
        return;
    }
    std::printf("Done, but it does not run yet. %s\n%s `%s` when it can.\n", chosen.note.c_str(),
                way.c_str(), command.c_str());
}

Result<> create(const House& house, const std::string& folder, const std::string& type) {
    namespace fs = std::filesystem;
    const ProjectTemplate* chosen = find_project_template(type);
    if (!chosen) {
        return Error(Code::kInvalid, "--type has an invalid value: " + type + " (" +
                                         base::join(project_template_names(), ", ") + ")");
    }
    fs::path absolute = fs::absolute(folder).lexically_normal();
    if (!absolute.has_filename()) absolute = absolute.parent_path();
    std::string name = absolute.filename().string();
    if (auto found = workflow::workflow_name_problem(name)) return Error(Code::kInvalid, *found);
    bool is_here = absolute == fs::current_path();
    fs::path shown = is_here ? fs::path() : fs::path(folder).lexically_normal();
    if (!is_here && !shown.has_filename()) shown = shown.parent_path();
    fs::path workflow = shown / (name + ".dig");
    if (base::file_exists(workflow.string())) {
        std::printf("File %s already exists.\n", workflow.c_str());
        return {};
    }
    TRY(write(workflow, chosen->workflow));
    for (const ProjectTemplate::File& file : chosen->files) {
        if (!base::file_exists((shown / file.path).string())) {
            TRY(write(shown / file.path, file.text));
        }
    }
    if (!base::file_exists((shown / ".gitignore").string())) {
        TRY(write(shown / ".gitignore", "/.digdag-wrapper\n.digdag\n*.pyc\n"));
    }
    print_end(house, *chosen, name, is_here ? "" : shown.string());
    return {};
}

Result<> run(House& house, std::span<const std::string> arguments) {
    auto line = TRY(begin_command(house, arguments, options(), kHelp));
    if (!line) return {};
    if (line->words().size() != 1)
        return Error(Code::kInvalid, "Which folder?\n" + std::string(kHelp));
    return create(house, line->words()[0], line->value("-t", "echo"));
}

}  // namespace
}  // namespace mogura::cli

COMMAND(init, "Make a new project") {
    return mogura::cli::end_command(mogura::cli::run(house, arguments));
}
