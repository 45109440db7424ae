// What `exec:` says, and the keys of our own that may stand there or at the top.

#pragma once

#include "base/result.h"
#include "load/job.h"
#include "load/plugins.h"
#include "load/reject_log.h"

#include <cstddef>
#include <cstdint>

namespace mogura::load {

struct Execution {
    int threads_max = 1;  // as it was asked for
    int threads = 1;      // as there are processors
    int64_t output_tasks_min = 0;
    RejectLog::Options rejects;
};

Result<Execution> read_execution(const Job& job, const Context& context);

// How many output tasks each input task has (1.9.2).
size_t branches_of(size_t tasks, int64_t output_tasks_min);

}  // namespace mogura::load
