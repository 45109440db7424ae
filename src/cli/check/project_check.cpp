#include "cli/check/project_check.h"

#include "base/text.h"
#include "cli/check/calls.h"
#include "cli/check/rules.h"
#include "cli/check/task_walk.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <string_view>

namespace mogura::cli::check {
namespace {

bool has_schedule(const File& file) {
    return file.mapping() && file.mapping()->find("schedule");
}

// Files that run by a schedule, their own or that of one that calls them.
std::set<std::string> scheduled_files(const Files& files, const Calls& calls) {
    std::set<std::string> scheduled;
    for (const std::string& path : files.paths()) {
        if (!has_schedule(files.at(path))) continue;
        scheduled.insert(path);
        if (!calls.edges().empty()) scheduled.merge(calls.reachable(path));
    }
    return scheduled;
}

// A key that is refused in a group and would be an operator with the sign behind it: `sh: echo`.
void add_missing_sign(Finding& finding, const engine::Operators& operators) {
    constexpr std::string_view kRefused = "contains invalid keys: '";
    size_t start = finding.message.find(kRefused);
    bool is_task = finding.message.find("(did you mean +") != std::string::npos;
    if (start == std::string::npos || is_task) return;
    start += kRefused.size();
    std::string key = finding.message.substr(start, finding.message.find('\'', start) - start);
    auto names = operators.names();
    if (std::find(names.begin(), names.end(), key) == names.end()) return;
    finding.message.resize(finding.message.find('\'', start) + 1);
    finding.message += " (did you mean " + key + ">?)";
}

void check_tasks(const Place& place, const TaskView& task) {
    check_words(place, task);
    check_directives(place, task);
    check_options(place, task);
    check_templates(place, task);
    check_template_files(place, task);
    check_needed_files(place, task);
}

void check_file(const File& file, Files& files, const Calls& calls, const Subject& subject,
                bool is_scheduled, std::vector<Finding>& findings) {
    for (Finding finding : file.findings) {
        add_missing_sign(finding, subject.operators);
        findings.push_back(std::move(finding));
    }
    if (!file.mapping()) return;
    const Place place{.file = file,
                      .files = files,
                      .operators = subject.operators,
                      .parameters = subject.parameters,
                      .incoming = calls.incoming(file.path),
                      .stored = calls.stored(),
                      .storing = calls.storing(file.path),
                      .search_path = subject.search_path,
                      .has_schedule = is_scheduled,
                      .findings = findings};
    if (file.is_workflow) {
        check_schedule(place);
        check_sla(place);
    }
    walk_tasks("+" + file.title, *file.mapping(),
               [&](const TaskView& task) { check_tasks(place, task); });
}

// What several tasks or workflows share is told once.
void drop_repeated(std::vector<Finding>& findings) {
    auto same = [](const Finding& one, const Finding& other) {
        return one.file == other.file && one.mark.line == other.mark.line &&
               one.mark.column == other.mark.column && one.message == other.message;
    };
    findings.erase(std::unique(findings.begin(), findings.end(), same), findings.end());
}

// The path of the workflow that the user named.
Result<std::string> choose(const Files& files, const std::string& wanted) {
    const std::filesystem::path file = wanted.ends_with(".dig") ? wanted : wanted + ".dig";
    const std::string path =
        (file.is_absolute() ? file.lexically_relative(files.folder()) : file.lexically_normal())
            .string();
    const auto& known = files.paths();
    if (std::find(known.begin(), known.end(), path) != known.end()) return path;
    const std::string folder = file.parent_path().string();
    std::vector<std::string> names;
    for (const std::string& one : known) names.push_back(one.substr(0, one.rfind(".dig")));
    return Error(Code::kNotFound,
                 "there is no workflow " + wanted + " in " + files.folder() +
                     (folder.empty() ? base::did_you_mean(path.substr(0, path.size() - 4), names)
                                     : " (of another folder: --project " + folder + ")"));
}

}  // namespace

Result<Checked> check_project(Files& files, const Subject& subject) {
    Calls calls = Calls::follow(files);
    std::set<std::string> chosen(files.paths().begin(), files.paths().end());
    if (!subject.file.empty()) {
        std::string path = TRY(choose(files, subject.file));
        chosen = calls.reachable(path);
    }
    const std::set<std::string> scheduled = scheduled_files(files, calls);
    Checked checked;
    std::vector<Finding> findings;
    for (const std::string& path : std::vector<std::string>(files.paths())) {
        if (!chosen.contains(path)) continue;
        checked.files.push_back(&files.at(path));
        check_file(files.at(path), files, calls, subject, scheduled.contains(path), findings);
    }
    calls.add_findings(files, findings);
    for (Finding& finding : findings) {
        bool belongs = subject.file.empty() || chosen.contains(finding.file) ||
                       !files.exists(finding.file) || !finding.file.ends_with(".dig");
        if (belongs) checked.findings.push_back(std::move(finding));
    }
    sort(checked.findings);
    drop_repeated(checked.findings);
    return checked;
}

}  // namespace mogura::cli::check
