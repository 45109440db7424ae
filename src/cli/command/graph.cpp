// `graph`: a workflow's tasks as a picture.

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/options.h"
#include "cli/task_graph.h"
#include "cli/usual_command.h"

#include <cstdio>
#include <filesystem>

namespace mogura::cli {
namespace {

constexpr const char* kHelp = R"(Show the tasks of a workflow and what waits for what.

Usage: mogura graph [FILE.dig] [OPTIONS]

Without FILE.dig the only workflow of this folder is taken; its .dig may be left out.

  --format text|dot|svg   text (the default), for graphviz, or a picture that needs nothing else
  -o, --output FILE       write there; .txt, .dot and .svg choose the format

Tasks inside _do, _else_do, _check and _error are drawn as what they are: tasks that a run may make.

Examples:
  mogura graph daily.dig
  mogura graph daily.dig -o daily.svg
)";

const OptionSpecs& options() {
    static const OptionSpecs kOptions = {{{"--format"}, OptionKind::kValue, "FORMAT", ""},
                                         {{"-o", "--output"}, OptionKind::kValue, "FILE", ""},
                                         {{"--help", "-help", "-h"}, OptionKind::kFlag, "", ""}};
    return kOptions;
}

Result<std::string> format_of(const CommandLine& line) {
    std::string extension = std::filesystem::path(line.value("-o")).extension().string();
    if (!line.has("--format")) {
        if (extension == ".dot" || extension == ".svg") return extension.substr(1);
        if (extension.empty() || extension == ".txt") return std::string("text");
        return Error(Code::kInvalid,
                     "-o " + line.value("-o") +
                         ": the name must end in .txt, .dot or .svg, which choose the form (or say "
                         "--format text, dot or svg)");
    }
    std::string format = line.value("--format");
    if (format == "text" || format == "dot" || format == "svg") return format;
    const std::vector<std::string> known = {"text", "dot", "svg"};
    return Error(Code::kInvalid, "--format: must be text, dot or svg: " + format +
                                     base::did_you_mean(format, known));
}

// As `run` takes a name: with or without .dig, or the only workflow that is here.
Result<std::filesystem::path> file_of(const CommandLine& line) {
    namespace fs = std::filesystem;
    if (line.words().size() > 1) {
        return Error(Code::kInvalid, "Too many arguments: " + line.words()[1]);
    }
    fs::path path = line.words().empty() ? "" : line.words()[0];
    const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) return path;
    if (path.has_filename() && path.extension() != ".dig") path += ".dig";
    if (fs::is_regular_file(path, ignored)) return path;
    auto files = TRY(workflow::workflow_files(folder));
    if (line.words().empty() && files.size() == 1) return fs::path(files[0]);
    if (line.words().empty()) {
        return Error(Code::kInvalid,
                     files.empty() ? "There is no workflow here (files ending in .dig)"
                                   : "Which workflow? Name one of: " + base::join(files, ", "));
    }
    return Error(Code::kNotFound, path.string() + ": no such file" +
                                      base::did_you_mean(path.filename().string(), files));
}

Result<> run(std::span<const std::string> arguments) {
    auto line = TRY(parse_options(arguments, options()));
    if (line.has("--help")) {
        std::fputs(kHelp, stdout);
        return {};
    }
    std::string format = TRY(format_of(line));
    std::filesystem::path path = TRY(file_of(line));
    std::string text = TRY(base::read_file(path.string()));
    std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
    auto workflow = TRY(workflow::load_workflow(path.stem().string(), text, path.string(), folder));
    GraphNode root = TRY(graph_of(workflow));
    std::string drawn = format == "dot"   ? graph_as_dot(root)
                        : format == "svg" ? graph_as_svg(root)
                                          : graph_as_text(root);
    if (line.has("-o")) return base::write_file(line.value("-o"), drawn);
    std::fputs(drawn.c_str(), stdout);
    return {};
}

}  // namespace
}  // namespace mogura::cli

COMMAND(graph, "Show the tasks of a workflow as text, DOT or SVG") {
    return mogura::cli::end_command(mogura::cli::run(arguments));
}
