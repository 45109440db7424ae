// One load: configuration in, summary out.
//
// The configuration is Embulk's (in, filters, out, exec), and three keys of our own beside `exec`:
// `max_rejected_rows` (default: no limit; 0 fails on the first bad row), `quarantine` (file for
// rejected rows; default: beside nothing, they are logged) and `compat` (strict | fixed).

#pragma once

#include "base/result.h"
#include "config/config.h"
#include "load/input.h"
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

// The same for an input that exists already (a query's pages): `job.config` has no `in`.
Result<Summary> run_from(Input& input, const Job& job, const Plugins& plugins,
                         const Context& context, Progress& progress, std::stop_token stop = {});

struct Preview {
    page::Schema schema;
    std::vector<page::Page> pages;
};
// The first rows, with filters, without an output (embulk 1.12).
Result<Preview> preview(const Job& job, const Plugins& plugins, const Context& context);
std::string preview_table(const Preview& preview);     // 1.12.6
std::string preview_vertical(const Preview& preview);  // 1.12.8

// The configuration completed from the files' content (embulk chapter 2).
Result<config::Map> guess(const Job& job, const Plugins& plugins, const Context& context);

}  // namespace mogura::load
