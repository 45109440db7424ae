// One load: configuration in, summary out.
//
// The configuration is Embulk's (in, filters, out, exec), and three keys of our own beside `exec`:
// `max_rejected_rows` (default: no limit; 0 fails on the first bad row), `quarantine` (file for
// rejected rows; default: beside nothing, they are logged) and `compat` (strict | fixed).

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "load/input.h"
#include "load/output.h"
#include "load/plugins.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace mogura::load {

// Counters that any thread may read while a run goes on.
struct Progress {
    std::atomic<int64_t> bytes_total = -1;  // before decoding; -1: unknown
    std::atomic<int64_t> bytes_read = 0;    // before decoding
    std::atomic<int64_t> rows_read = 0;
    std::atomic<int64_t> rows_written = 0;
    std::atomic<int64_t> rows_rejected = 0;
    std::atomic<int64_t> bytes_written = 0;
    std::atomic<int64_t> tasks_total = 0;
    std::atomic<int64_t> tasks_done = 0;
};

struct Job {
    config::Map config;
    std::string file;  // where the configuration stands, for messages; may be empty
    std::vector<std::string> guess_plugins = {};  // for guess: more than the usual (guess -g)
};

struct Summary {
    int64_t rows_read = 0;
    int64_t rows_written = 0;
    int64_t rows_rejected = 0;
    int64_t bytes_read = 0;  // before decoding
    int64_t bytes_written = 0;
    std::chrono::nanoseconds duration{0};
    config::Map diff;  // Embulk's config diff: {in: {...}, out: {...}}
};

// Everything that `config` asks for. A stop request ends the run with kCanceled, cleaned up.
Result<Summary> run(const Job& job, const Plugins& plugins, const Context& context,
                    Progress& progress, std::stop_token stop = {});

// Where the state of a run that has not succeeded is kept, so that a later one goes on from it.
class StateKeeper {
  public:
    virtual ~StateKeeper() = default;
    // What the run before kept; empty: there was none.
    virtual const config::Map& earlier() const = 0;
    // Called while the run goes on, by one thread at a time. In one step: a kill leaves this state
    // or the one before. Empty: nothing is to be kept, as the run has succeeded or has not begun.
    virtual Result<> save(const config::Map& state) = 0;
};

// The same, and whatever ends the run, a failure or a kill, a later call goes on from there (embulk
// 1.7.10): finished tasks do not run again, and others go on in their middle where the input and
// the output can.
Result<Summary> run_resumable(const Job& job, const Plugins& plugins, const Context& context,
                              Progress& progress, StateKeeper& keeper, std::stop_token stop = {});

// The same for an input that exists already (a query's pages): `job.config` has no `in`.
Result<Summary> run_from(Input& input, const Job& job, const Plugins& plugins,
                         const Context& context, Progress& progress, std::stop_token stop = {});

// How threads share the work on one input.
struct Split {
    int64_t bytes = -1;      // before decoding; -1: unknown
    size_t piece_bytes = 0;  // parsed in pieces of this size; 0: as one stream
    int64_t pieces = -1;     // about so many; -1: unknown
    int threads = 1;         // that parse it
    // One a decoder, from the file inward: what the parts are that threads unpack side by side,
    // where the file has several ("gzip members"); empty: one thread unpacks all.
    std::vector<std::string> unpacking = {};
};

// What a run would do; nothing is written.
struct Plan {
    std::vector<std::string> inputs = {};  // one a task, as messages name them; empty: no names
    std::vector<Split> splits = {};        // one a task
    int64_t bytes = -1;                    // before decoding; -1: unknown
    size_t tasks = 0;
    size_t tasks_at_once = 1;
    size_t output_tasks = 0;
    int threads = 1;
    std::vector<page::Schema> schemas = {};  // of the input, then behind each filter
    std::vector<std::string> outputs = {};   // the files' names; empty: the output writes none
    OutputPlan output = {};
    Compat compat = Compat::kFixed;
};
Result<Plan> plan(const Job& job, const Plugins& plugins, const Context& context);

struct Preview {
    page::Schema schema;
    std::vector<page::Page> pages;
    Compat compat = Compat::kFixed;
};
// The first rows, with filters, without an output (embulk 1.12).
Result<Preview> preview(const Job& job, const Plugins& plugins, const Context& context);
std::string preview_table(const Preview& preview);     // 1.12.6
std::string preview_vertical(const Preview& preview);  // 1.12.8

// The configuration completed from the files' content (embulk chapter 2).
Result<config::Map> guess(const Job& job, const Plugins& plugins, const Context& context);

}  // namespace mogura::load
