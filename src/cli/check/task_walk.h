// Every task of a file as it is written, with its place in the text: groups, operators, and the
// tasks inside _do, _else_do, _error, _check and sla. What is disabled is left out.

#pragma once

#include "config/config.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::cli::check {

struct TaskView {
    std::string full_name;  // "+main+load^sub"
    const config::Map& mapping;
    config::Mark mark;
    // Runs only sometimes: below if>, _error or a loop that may have no rounds.
    bool is_conditional = false;
    // What the task may read besides parameters of the attempt: exports of the tasks around it,
    // loop variables, its own keys.
    const std::vector<std::string>& names;
    // What the task and those around it export, outermost first.
    const std::vector<const config::Map::Entry*>& exports;

    bool knows(std::string_view name) const;
    // The nearest export of that name; nullptr where there is none.
    const config::Map::Entry* exported(std::string_view name) const;
};

using Visit = std::function<void(const TaskView&)>;

// `file` is the whole mapping; parents are visited before their children.
void walk_tasks(const std::string& root_name, const config::Map& file, const Visit& visit);

// "sh" and the entry "sh>: ..." of a task; nullptr for groups. With `_type` the entry is that one.
const config::Map::Entry* operator_entry(const config::Map& task);
std::string operator_name(const config::Map::Entry& entry);
// The value behind the operator: of "sh>:", or `_command`.
const config::Value* command_of(const config::Map& task);

// The keys of `sla:` that are not its tasks.
const std::vector<std::string>& sla_options();

}  // namespace mogura::cli::check
