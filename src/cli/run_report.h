// One page about an attempt: a timeline of who waited for whom, and each task's parameters, tries,
// output and error. HTML that needs no network, no script and no other file.

#pragma once

#include "base/result.h"
#include "base/time_zone.h"
#include "cli/run_record.h"
#include "store/store.h"

#include <map>
#include <string>
#include <vector>

namespace mogura::cli {

struct ReportSubject {
    std::string workflow;
    store::Attempt attempt;
    std::vector<store::Task> tasks;  // all rows, parents before children
    std::map<int64_t, RecordedTask> records;
    base::TimeZone zone;
    base::Instant started_at{};
    base::Instant finished_at{};
    bool is_success = false;
};

std::string run_report(const ReportSubject& subject);

}  // namespace mogura::cli
