// Everything that can be found wrong in a project before it runs, in all files at once.
//
// Beyond what the loader refuses: unknown operators and directives, values that they cannot take,
// `${}` that cannot be JavaScript (also in files that are templates), parameters that nothing
// defines, files that are missing behind an operator, calls that go round, schedules and sla. A
// file with errors is looked at to its end. Nothing is run and no template evaluated.

#pragma once

#include "base/result.h"
#include "cli/check/files.h"
#include "cli/check/finding.h"
#include "engine/engine.h"

#include <string>
#include <vector>

namespace mogura::cli::check {

struct Subject {
    std::string folder;  // absolute
    std::string file;    // only this workflow and what it calls; "" for all
    config::Map parameters;
    const engine::Operators& operators;
    std::string search_path = {};  // PATH, where programs of `plugin: operators:` are found
};

struct Checked {
    std::vector<const File*> files;  // those that were looked at
    std::vector<Finding> findings;   // sorted
};

Result<Checked> check_project(Files& files, const Subject& subject);

}  // namespace mogura::cli::check
