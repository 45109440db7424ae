#include "cli/check/project_check.h"

#include "base/text.h"
#include "cli/check/calls.h"
#include "cli/check/rules.h"
#include "cli/check/task_walk.h"

#include <algorithm>
#include <set>

namespace mogura::cli::check {
namespace {

bool has_schedule(const File& file) {
    return file.workflow && file.workflow->config.find("schedule");
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

void check_file(const File& file, Files& files, const Calls& calls, const Subject& subject,
                bool is_scheduled, std::vector<Finding>& findings) {
    if (!file.workflow) {
        findings.insert(findings.end(), file.findings.begin(), file.findings.end());
        return;
    }
    const Place place{.file = file,
                      .files = files,
                      .operators = subject.operators,
                      .parameters = subject.parameters,
                      .incoming = calls.incoming(file.path),
                      .has_schedule = is_scheduled,
                      .findings = findings};
    check_schedule(place);
    walk_tasks("+" + file.workflow->name, file.workflow->config, [&](const TaskView& task) {
        const config::Value* disabled = task.mapping.find("_disable");
        if (disabled && disabled->is_boolean() && disabled->boolean()) return;
        check_words(place, task);
        check_templates(place, task);
        check_needed_files(place, task);
    });
}

// The path of the workflow that the user named.
Result<std::string> choose(const Files& files, const std::string& wanted) {
    std::string path = wanted.ends_with(".dig") ? wanted : wanted + ".dig";
    if (path.starts_with("./")) path.erase(0, 2);
    const auto& known = files.paths();
    if (std::find(known.begin(), known.end(), path) != known.end()) return path;
    return Error(Code::kNotFound, "there is no workflow " + wanted + " in " + files.folder() +
                                      base::did_you_mean(path, known));
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
    return checked;
}

}  // namespace mogura::cli::check
