// The .dig language: from the text of a project's files to workflows and their tasks.
//
// Owns: which files are workflows, names, the rules of spec digdag chapter 1, compiling a mapping
// into a tree of task definitions (also for subtasks that operators generate), project archives.
// Leaves to others: YAML (config), templates (script), running (engine).
//
//     auto project = TRY(workflow::load_project("/path", {}));
//     const workflow::Workflow* daily = project.find("daily");
//
// Pure functions over plain values; any thread. Errors carry file:line:column and a caret.

#pragma once

#include "base/result.h"
#include "base/time_zone.h"
#include "config/config.h"
#include "workflow/archive.h"       // IWYU pragma: export
#include "workflow/names.h"         // IWYU pragma: export
#include "workflow/task_pattern.h"  // IWYU pragma: export

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::workflow {

// One task as it is written. A tree is a list in file order (parents before children); indexes
// point into that list.
struct TaskDefinition {
    std::string name;               // "+step1", "^sub", "+loop-0"
    std::string full_name;          // "+daily+step1"
    std::optional<size_t> parent;   // index; nothing for the root
    std::vector<size_t> upstreams;  // indexes of siblings that must succeed first (1.7)
    bool is_group = false;
    // The task's mapping without its +subtasks: operator, parameters, _export, _retry, _error,
    // _check... as written, templates unevaluated. "op>: value" stays under its own key.
    config::Map config;
};

struct Workflow {
    std::string name;                   // file name without .dig
    std::string file;                   // as messages print it
    base::TimeZone time_zone;           // 1.5.2
    std::vector<TaskDefinition> tasks;  // [0] is the root, "+name"
    config::Map config;                 // the whole file: schedule, sla, _export, ...
};

struct Project {
    std::string folder;
    std::vector<Workflow> workflows;

    const Workflow* find(std::string_view name) const;
};

// The files of a folder that are workflows, sorted (1.1.1 to 1.1.4): "daily.dig".
Result<std::vector<std::string>> workflow_files(const std::string& folder);
// All workflows of a folder; every broken file is reported, a message each (1.1.5).
Result<Project> load_project(const std::string& folder);
// One workflow from its text. `folder` is where includes are looked for.
Result<Workflow> load_workflow(const std::string& name, const std::string& text,
                               const std::string& file, const std::string& folder);
// A file that `call>` names, at run time (1.5.5, 4.1): its mapping, checked as a top level, with
// the keys that a called file has no use for (timezone, schedule, sla) removed and _workdir set.
Result<config::Map> load_called(const std::string& project_folder, const std::string& workdir,
                                const std::string& name);
// The same from a text that came from elsewhere; `file` is its name in messages, NAME.dig, `folder`
// where includes are looked for. No _workdir is set.
Result<config::Map> load_called_text(const std::string& text, const std::string& file,
                                     const std::string& folder);

// Compiles a mapping that an operator generated, or an _error or _check block, into tasks under
// `parent_full_name`. [0] is the task called `name` ("^sub", "^error", "^check").
Result<std::vector<TaskDefinition>> compile(const std::string& parent_full_name,
                                            const std::string& name, const config::Map& config);

// A file's text, or that of one that it includes. Marks of included text have lines of their own,
// behind those of the file.
struct InspectedPart {
    std::string file;  // as messages print it
    std::string text;
    int32_t first_line = 0;  // what is added to its own line numbers
};

// A workflow file for those who check it: everything that is wrong with it, and what can be read of
// it all the same.
struct Inspection {
    std::vector<std::string> problems = {};   // "FILE:LINE:COLUMN: what", the line, a caret
    std::optional<Workflow> workflow = {};    // nothing when there is a problem
    std::optional<config::Map> mapping = {};  // nothing when the text is no mapping
    base::TimeZone time_zone = {};
    std::vector<InspectedPart> parts = {};  // [0] is the file itself

    // The part of a place in `mapping`; the mark becomes one of that part.
    const InspectedPart& locate(config::Mark& mark) const;
};

// Beyond what load_workflow() refuses, looks into the blocks that are compiled when the tasks run:
// _do, _else_do, _check.
Inspection inspect_workflow(const std::string& name, const std::string& text,
                            const std::string& file, const std::string& folder);

// Splits a leaf's mapping: its operator ("sh", or `_type`) and its command. Nothing when the task
// has no operator (4.0.3).
struct OperatorKey {
    std::string type;
    config::Value command;  // null when the key has no value
};
std::optional<OperatorKey> find_operator(const config::Map& config);

}  // namespace mogura::workflow
