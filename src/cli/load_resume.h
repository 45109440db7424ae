// A load with its resume state in a file (embulk 1.7.10 to 1.7.13).

#pragma once

#include "base/result.h"
#include "plugins/plugins.h"

#include <functional>
#include <stop_token>
#include <string>

namespace mogura::cli {

// As load::run_resumable(): goes on from the state in `path` when there is one. The file is there
// while the load runs, at most a second old, and stays when it fails or is killed. Success calls
// `conclude`, which writes what later loads must know of this one, and removes the file behind
// that: whatever ends this in between, the same command concludes once more and loads nothing.
// kConflict: another process runs with this file.
Result<load::Summary> run_resumable_load(
    const std::string& path, const load::Job& job, const plugins::Registry& registry,
    const load::Context& context, load::Progress& progress, std::stop_token stop,
    const std::function<Result<>(const load::Summary&)>& conclude);

// Removes the state in `path` behind `clean_up`, which removes what it names. kConflict: a load
// runs with this file.
Result<> drop_resume_state(const std::string& path, const std::function<Result<>()>& clean_up);

}  // namespace mogura::cli
