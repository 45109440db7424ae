// The rules for single tasks. Each adds what it finds.

#pragma once

#include "cli/check/calls.h"
#include "cli/check/files.h"
#include "cli/check/finding.h"
#include "cli/check/task_walk.h"
#include "engine/engine.h"

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mogura::cli::check {

// What the rules know about the file that they look at.
struct Place {
    const File& file;
    Files& files;
    const engine::Operators& operators;
    const config::Map& parameters;          // of the attempt, as far as they are known
    const std::set<std::string>& incoming;  // names that callers give
    const std::set<std::string>& stored;    // names that tasks anywhere store
    Storing storing;                        // what scripts may store besides
    const std::string& search_path;         // PATH, where programs without a slash are found
    bool has_schedule = false;              // the file's or a caller's
    std::vector<Finding>& findings;

    // A mark of the file's mapping, which may be one of a file that it includes.
    void add(config::Mark mark, Severity severity, std::string message) const {
        const workflow::InspectedPart& part = file.inspection.locate(mark);
        findings.push_back(finding_at(part.text, part.file, mark, severity, std::move(message)));
    }
    // Whether a parameter of that name may be there when the task runs.
    bool may_have(const TaskView& task, const std::string& name) const {
        return task.knows(name) || incoming.contains(name) || stored.contains(name) ||
               parameters.find(name);
    }
};

// The task's operator as it will be; nullptr for one that is not here.
std::unique_ptr<engine::Operator> operator_of(const Place& place, const TaskView& task,
                                              const std::string& name, std::string& message);

// Operators that do not exist, directives that mean nothing, what `plugin:` brings.
void check_words(const Place& place, const TaskView& task);
// _retry, _env, _parallel, and what belongs to the top of a file.
void check_directives(const Place& place, const TaskView& task);
// What operators are told: values that they cannot take, misspelt names, docker.
void check_options(const Place& place, const TaskView& task);
// `${}` that cannot be JavaScript, names that nothing defines.
void check_templates(const Place& place, const TaskView& task);
// The same in files that are templates: SQL, mail, loads.
void check_template_files(const Place& place, const TaskView& task);
// Files behind sh>, py>, rb>, embulk>, load>, query> and the like.
void check_needed_files(const Place& place, const TaskView& task);
// The file's own `schedule:` and `sla:`.
void check_schedule(const Place& place);
void check_sla(const Place& place);

// Whether the operator runs tasks that stand below it: `_do` (if> takes `_else_do` as well).
bool needs_tasks(const std::string& name);

// Whether the operator's command is the name of a file whose text is a template (4.0.7).
bool reads_template_file(const std::string& name);
// The name of such a file where the task writes one down: its command or, for query>, `query:`.
const config::Value* template_file_of(const config::Map& task);

}  // namespace mogura::cli::check
