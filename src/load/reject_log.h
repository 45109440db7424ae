// Where the rejected rows of a run go: to the quarantine file or, without one, to the log; and the
// budget that ends the run when too many rows are bad.
//
// A line of the quarantine file is {"source":..,"offset":..,"line":..,"reason":..,"text":..,
// "task":..}, with "filter" behind it where a filter left the row out. The file is made anew by
// each run, and is there (empty) when no row was bad. What an earlier run left there goes on under
// another name (bad.jsonl.1), unless this run rejected all of it again; a run that goes on from a
// failed one keeps the entries of the tasks that do not run again. Any thread may call.

#pragma once

#include "base/bytes.h"
#include "base/mutex.h"
#include "base/result.h"
#include "load/job.h"
#include "load/rejects.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::load {

class RejectLog {
  public:
    struct Options {
        std::string quarantine;           // path; empty: the log
        std::optional<int64_t> rows_max;  // no limit when absent
        // Of a run that goes on: how many entries of each task stay in the quarantine file, from
        // the first on. They count against the limit, too.
        std::optional<std::vector<int64_t>> kept = {};
        int64_t counted_before = 0;  // against the limit, where no quarantine tells
    };
    static constexpr int64_t kAllEntries = -1;
    static Result<std::unique_ptr<RejectLog>> open(Options options, Progress& progress);

    // Of task `task`, from `source`. Fails when the row stops the run or breaks the budget.
    Result<> add(const std::string& source, size_t task, Reject reject);
    // What was added is safe on the disk afterwards.
    Result<> settle();
    // Completes the quarantine file.
    Result<> finish();

  private:
    RejectLog(Options options, Progress& progress)
        : options_(std::move(options)),
          progress_(progress),
          counted_before_(options_.quarantine.empty() ? options_.counted_before : 0) {}

    Result<> open_quarantine();
    // The entries that stay; counts them.
    Result<std::string> kept_entries();
    // Gives what is there another name.
    Result<> set_aside();
    void tell_of_older() const;

    const Options options_;
    Progress& progress_;
    int64_t counted_before_;  // of the budget, by the run before
    std::string older_;       // the path that the entries of an earlier run have now; empty: none
    base::Mutex mutex_;
    std::unique_ptr<base::ByteSink> sink_ GUARDED_BY(mutex_);
    bool is_settled_ GUARDED_BY(mutex_) = true;
};

}  // namespace mogura::load
