// The rules for single tasks. Each adds what it finds.

#pragma once

#include "cli/check/files.h"
#include "cli/check/finding.h"
#include "cli/check/task_walk.h"
#include "engine/engine.h"

#include <set>
#include <string>
#include <vector>

namespace mogura::cli::check {

// What the rules know about the file that they look at.
struct Place {
    const File& file;
    Files& files;
    const engine::Operators& operators;
    const config::Map& parameters;          // of the attempt, as far as they are known
    const std::set<std::string>& incoming;  // names that callers give
    bool has_schedule = false;              // the file's or a caller's
    std::vector<Finding>& findings;

    void add(config::Mark mark, Severity severity, std::string message) const {
        findings.push_back(finding_at(file.text, file.path, mark, severity, std::move(message)));
    }
};

// Operators that do not exist, directives that mean nothing.
void check_words(const Place& place, const TaskView& task);
// `${}` that cannot be JavaScript, names that nothing defines.
void check_templates(const Place& place, const TaskView& task);
// Files behind sh>, py>, rb>, embulk>, load>, query> and the like.
void check_needed_files(const Place& place, const TaskView& task);
// The file's own `schedule:`.
void check_schedule(const Place& place);

}  // namespace mogura::cli::check
