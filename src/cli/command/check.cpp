// `check`: what is in a project and what is wrong with it, before anything runs (spec
// digdag 9.4.3).

#include "base/log.h"
#include "cli/check/overview.h"
#include "cli/check/project_check.h"
#include "cli/command.h"
#include "cli/definitions.h"
#include "cli/log_level.h"
#include "cli/parameter_options.h"
#include "cli/settings.h"
#include "cli/system_zone.h"
#include "cli/usual_command.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>

namespace mogura::cli {
namespace {

constexpr const char* kHelp =
    R"(Show a project's tasks and schedules, and everything that is wrong in them. Nothing runs.

Usage: mogura check [FILE.dig] [OPTIONS]

With FILE.dig only that workflow and what it calls is looked at. Errors make the exit code 1:
broken files, unknown operators and directives, ${} that is not JavaScript (also in the SQL, mail
and loads that tasks read), values that an operator, _retry, _env, schedule or sla cannot take,
missing files, calls that go round. Warnings are what may be right all the same: parameters that
only -p gives, names that look misspelt, scripts that are not there yet.

  --project DIR      the project's folder (default: here)
  -p KEY=VALUE       a parameter that the runs will have; may be repeated
  -P FILE            parameters from a YAML file
  --strict           warnings count as errors
  --brief            only what is wrong
  --json             one JSON object on standard output
)";

const OptionSpecs& options() {
    static const OptionSpecs kOptions = {{{"--project"}, OptionKind::kValue, "DIR", ""},
                                         {{"-p", "--param"}, OptionKind::kMany, "KEY=VALUE", ""},
                                         {{"-P", "--params-file"}, OptionKind::kMany, "FILE", ""},
                                         {{"-l", "--log-level"}, OptionKind::kValue, "LEVEL", ""},
                                         {{"--json"}, OptionKind::kFlag, "", ""},
                                         {{"--strict"}, OptionKind::kFlag, "", ""},
                                         {{"--brief"}, OptionKind::kFlag, "", ""},
                                         {{"--help", "-help", "-h"}, OptionKind::kFlag, "", ""}};
    return kOptions;
}

struct Request {
    std::string folder;  // absolute
    std::string file;    // "" for all
    config::Map parameters;
    log::Level level = log::Level::kInfo;
    bool json = false;
    bool strict = false;
    bool is_brief = false;
};

Result<Request> read_request(const House& house, const CommandLine& line) {
    Request request;
    request.json = line.has("--json");
    request.strict = line.has("--strict");
    request.is_brief = line.has("--brief");
    if (line.words().size() > 1) {
        return Error(Code::kInvalid, "Too many arguments: " + line.words()[1]);
    }
    if (!line.words().empty()) request.file = line.words()[0];
    request.level = TRY(log_level_of(line.value("-l", "info")));
    request.parameters = TRY(parameters_of(house.properties));
    for (const std::string& file : line.values("-P")) {
        TRY(add_parameter_file(request.parameters, file));
    }
    config::Map own;
    for (const std::string& pair : line.values("-p")) TRY(add_parameters(own, pair));
    config::merge(request.parameters, own);
    std::error_code failure;
    std::string folder = line.value("--project", ".");
    request.folder = std::filesystem::canonical(folder, failure).string();
    if (failure) return Error(Code::kNotFound, folder + ": " + failure.message());
    if (std::filesystem::canonical(".").string() != request.folder) {
        request.parameters.set("_project_path", request.folder);
    }
    return request;
}

Result<check::Checked> find_problems(const House& house, check::Files& files,
                                     const Request& request) {
    // Without one, shells look here.
    constexpr const char* kUsual = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    auto path = house.environment.find("PATH");
    return check::check_project(
        files, {.folder = request.folder,
                .file = request.file,
                .parameters = request.parameters,
                .operators = house.registry.operators,
                .search_path = path == house.environment.end() ? kUsual : path->second});
}

// As the original prints it; what it would not have found comes as warnings behind it.
Result<int> show_definitions(const House& house, Request request) {
    auto project = TRY(workflow::load_project(request.folder));
    auto text = TRY(describe_definitions(project, request.parameters,
                                         {.system_zone = system_zone(house.environment),
                                          .now = house.clock.now(),
                                          .warns = request.level != log::Level::kError}));
    std::fputs(text.c_str(), stdout);
    if (request.level == log::Level::kError) return 0;
    request.file.clear();  // all workflows are shown, whatever is named
    auto files = TRY(check::Files::open(request.folder));
    auto checked = TRY(find_problems(house, files, request));
    for (check::Finding& finding : checked.findings) {
        finding.severity = check::Severity::kWarning;
        std::fputs(check::to_text(finding).c_str(), stderr);
    }
    return 0;
}

std::string number_of(size_t count, const char* noun) {
    return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

struct Counts {
    size_t errors = 0;
    size_t warnings = 0;
};

void print_json(const check::Checked& checked, const Counts& counts, base::Instant now) {
    config::List findings;
    for (const check::Finding& finding : checked.findings) findings.push_back(to_value(finding));
    config::List files;
    for (const check::File* file : checked.files) {
        files.emplace_back(check::overview_value(*file, now));
    }
    config::Map result;
    result.append("files", std::move(files));
    result.append("findings", std::move(findings));
    result.append("errors", static_cast<int64_t>(counts.errors));
    result.append("warnings", static_cast<int64_t>(counts.warnings));
    std::printf("%s\n", config::to_json(result).c_str());
}

// Nothing could be looked at: machines get the reason in the form that they expect.
void print_json_failure(const Error& error) {
    const check::Finding finding{.file = "", .message = error.message()};
    config::Map result;
    result.append("files", config::List());
    result.append("findings", config::List{to_value(finding)});
    result.append("errors", int64_t{1});
    result.append("warnings", int64_t{0});
    result.append("error", error.message());
    std::printf("%s\n", config::to_json(result).c_str());
}

Result<int> show_problems(const House& house, const Request& request) {
    auto files = TRY(check::Files::open(request.folder));
    auto checked = TRY(find_problems(house, files, request));
    Counts counts;
    for (const check::Finding& finding : checked.findings) {
        ++(finding.severity == check::Severity::kError ? counts.errors : counts.warnings);
    }
    bool is_good = counts.errors == 0 && (counts.warnings == 0 || !request.strict);
    if (request.json) {
        print_json(checked, counts, house.clock.now());
        return is_good ? 0 : 1;
    }
    for (const check::File* file : checked.files) {
        if (request.is_brief) break;
        std::printf(
            "%s\n",
            check::overview_text(*file, house.clock.now(), system_zone(house.environment)).c_str());
    }
    for (const check::Finding& finding : checked.findings) {
        std::fputs(check::to_text(finding).c_str(), stdout);
    }
    std::printf("%s: %s, %s\n", number_of(checked.files.size(), "file").c_str(),
                number_of(counts.errors, "error").c_str(),
                number_of(counts.warnings, "warning").c_str());
    return is_good ? 0 : 1;
}

Result<int> run(House& house, std::span<const std::string> arguments) {
    auto line = TRY(begin_command(house, arguments, options(), kHelp));
    if (!line) return 0;
    auto request = TRY(read_request(house, *line));
    return house.called_as == "digdag" ? show_definitions(house, request)
                                       : show_problems(house, request);
}

}  // namespace
}  // namespace mogura::cli

COMMAND(check, "Find what is wrong in a project's workflows") {
    auto code = mogura::cli::run(house, arguments);
    if (code.ok()) return *code;
    if (std::find(arguments.begin(), arguments.end(), "--json") != arguments.end()) {
        mogura::cli::print_json_failure(code.error());
        return 1;
    }
    std::fprintf(stderr, "error: %s\n", code.error().message().c_str());
    return 1;
}
