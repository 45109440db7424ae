// Where the rejected rows of a run go: to the quarantine file or, without one, to the log; and the
// budget that ends the run when too many rows are bad.
//
// A line of the quarantine file is {"source":..,"offset":..,"line":..,"reason":..,"text":..}. The
// file is made anew by each run, and is there (empty) when no row was bad. Any thread may call.

#pragma once

#include "base/bytes.h"
#include "base/mutex.h"
#include "base/result.h"
#include "load/job.h"
#include "load/rejects.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace mogura::load {

class RejectLog {
  public:
    struct Options {
        std::string quarantine;           // path; empty: the log
        std::optional<int64_t> rows_max;  // no limit when absent
        bool keeps = false;               // what stands in the quarantine file stays
    };
    static Result<std::unique_ptr<RejectLog>> open(Options options, Progress& progress);

    // Fails when the row stops the run or breaks the budget.
    Result<> add(const std::string& source, Reject reject);
    // Completes the quarantine file.
    Result<> finish();

  private:
    RejectLog(Options options, Progress& progress)
        : options_(std::move(options)), progress_(progress) {}

    const Options options_;
    Progress& progress_;
    base::Mutex mutex_;
    std::unique_ptr<base::ByteSink> sink_ GUARDED_BY(mutex_);
};

}  // namespace mogura::load
