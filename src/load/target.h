// The output side of a run: files with their formatter and encoders, or an output that takes pages.
//
// The order of calls: begin, open for each task, then commit or rollback. Writers of different
// tasks may be used by different threads at once. Nothing is visible before commit.

#pragma once

#include "base/result.h"
#include "load/chain.h"
#include "load/job.h"
#include "load/output.h"
#include "load/plugin_choice.h"
#include "load/plugins.h"
#include "load/whole_filter.h"
#include "load/workers.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

namespace mogura::load {

class Writer {
  public:
    virtual ~Writer() = default;
    virtual Result<> write(Chunk chunk) = 0;
    virtual Result<> finish() = 0;
    virtual void abort() noexcept = 0;
};

class Target {
  public:
    virtual ~Target() = default;
    virtual Result<> begin(const page::Schema& schema, size_t tasks) = 0;
    // The file of a task; empty where there are none. Also before begin().
    virtual std::string name_of(size_t) const { return ""; }
    // Set after begin() where pages are wanted as text.
    virtual const Formatter* formatter() const { return nullptr; }
    virtual Result<std::unique_ptr<Writer>> open(size_t task, Progress& progress,
                                                 Workers& workers) = 0;
    virtual Result<> commit() = 0;
    virtual void rollback() noexcept = 0;
    // As Output::keep().
    virtual Result<> keep(std::span<const size_t> tasks) = 0;
    virtual config::Map diff() const { return {}; }
    virtual bool is_parallel() const { return true; }
    // As Output::plan(): instead of begin().
    virtual Result<OutputPlan> plan(const page::Schema& schema, size_t tasks) = 0;
};

// How many of `tasks` run side by side.
inline size_t tasks_at_once(const Target& target, size_t threads, size_t tasks) {
    return target.is_parallel() ? std::min(threads, tasks) : 1;
}

// Fails when a plugin name is unknown; has no side effect.
Result<> check_target(const PluginConfig& config, const Plugins& plugins);
// Every row to a filter that wants them all, one task after the other.
std::unique_ptr<Target> target_of(WholeFilter& filter);
Result<std::unique_ptr<Target>> make_target(const PluginConfig& config, const Plugins& plugins,
                                            const Context& context);

}  // namespace mogura::load
