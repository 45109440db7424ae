// The output side of a run: files with their formatter and encoders, or an output that takes pages.
//
// The order of calls: begin, open for each task, then commit or rollback. Where a later run may go
// on from this one: begin_kept, open and finished for each task, then commit and settle, or leave.
// Writers of different tasks may be used by different threads at once. Nothing is visible before
// commit.

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
#include <optional>
#include <string>
#include <vector>

namespace mogura::load {

class Writer {
  public:
    virtual ~Writer() = default;
    virtual Result<> write(Chunk chunk) = 0;
    virtual Result<> finish() = 0;
    virtual void abort() noexcept = 0;
    // What was written so far are the rows in front of `position`.
    virtual void mark(const Position&) {}
    // The same, and they are safe on the disk: what a later run needs to go on behind them. Nothing
    // where the output keeps that itself, or cannot.
    virtual Result<std::optional<Kept>> save(const Position&) { return std::optional<Kept>(); }
    // As TaskOutput::failed_rows().
    virtual RowRange failed_rows() const { return {}; }
};

// What the run before left (ResumeState).
struct Earlier {
    config::Value output = nullptr;
    std::vector<Kept> kept = {};
    bool is_publishing = false;
    Keeping::Announce announce;
};

class Target {
  public:
    virtual ~Target() = default;
    virtual Result<> begin(const page::Schema& schema, size_t tasks) = 0;
    // The file of a task; empty where there are none. Also before begin().
    virtual std::string name_of(size_t) const { return ""; }
    // Set after begin() where pages are wanted as text.
    virtual const Formatter* formatter() const { return nullptr; }
    // The next row is the one behind `from`: what begin_kept() gave, else the beginning.
    virtual Result<std::unique_ptr<Writer>> open(size_t task, const Kept& from, Progress& progress,
                                                 Workers& workers) = 0;
    virtual Result<> commit() = 0;
    // As Output::failed_row().
    virtual TaskRow failed_row() const { return {}; }
    virtual void rollback() noexcept = 0;

    virtual bool can_keep() const { return false; }
    // Gives what has arrived, by task.
    virtual Result<std::vector<Kept>> begin_kept(const page::Schema&, size_t tasks,
                                                 const Earlier& earlier);
    // As Keeping::restart().
    virtual Result<> restart(size_t task, std::vector<Kept>& kept);
    virtual config::Value state() const { return config::Map(); }
    // Of a task whose writer has finished.
    virtual Result<Kept> finished(size_t) { return Kept{.is_finished = true}; }
    virtual void leave() noexcept {}
    // As Keeping::settle().
    virtual void settle(const config::Value&) noexcept {}
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
