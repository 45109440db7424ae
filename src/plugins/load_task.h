// The operators load> and embulk>: a bulk load as a task, in this process.
//
// The task names a YAML file relative to the work folder, whose templates and then secrets (spec
// digdag 7.5) are put in, or holds the configuration itself. Relative paths in it start at the work
// folder.

#pragma once

#include "engine/engine.h"
#include "load/load.h"

#include <memory>

namespace mogura::plugins {

// `plugins` must outlive the operator.
std::unique_ptr<engine::Operator> make_load_task(const load::Plugins& plugins);

engine::OperatorOptions load_options();

// What a task of these operators wants loaded.
Result<load::Job> load_job_of(const engine::TaskContext& context);

}  // namespace mogura::plugins
