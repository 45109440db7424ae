// A packed log file for each run of a task: what it printed and what happened to it, in Digdag's
// folders and names (spec digdag 9.10).
//
// Any thread may call. A file is complete when its run is over; what cannot be written is told once
// and fails nothing.

#pragma once

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/time_zone.h"
#include "engine/engine.h"
#include "load/load.h"
#include "store/store.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace mogura::cli {

class TaskLogs {
  public:
    // `root` is created when the first task starts.
    TaskLogs(std::string root, const load::Plugins& plugins, const base::Clock& clock)
        : root_(std::move(root)), plugins_(plugins), clock_(clock) {}
    ~TaskLogs();

    // Before the first task.
    void attempt_started(const store::Attempt& attempt, const base::TimeZone& zone);
    void task_started(const engine::TaskStart& start);
    void task_output(const std::string& full_name, std::string_view text);
    // A run of the task ended: the file is closed, another run begins another.
    void task_retries(const store::Task& task, const std::string& message);
    void task_finished(const store::Task& task);

  private:
    std::string file_name(const std::string& full_name) const REQUIRES(mutex_);
    // "2024-03-10 00:00:00.000 +0000 [INFO] (0:default:1:1+main+a) operator: MESSAGE"
    std::string line(const std::string& full_name, const char* level,
                     const std::string& message) const REQUIRES(mutex_);
    void write(const std::string& full_name, std::string_view text) REQUIRES(mutex_);
    void close(const std::string& full_name) REQUIRES(mutex_);
    void check(const Result<>& result) REQUIRES(mutex_);
    Result<std::unique_ptr<base::ByteSink>> open(const std::string& path) const;

    const std::string root_;
    const load::Plugins& plugins_;
    const base::Clock& clock_;
    base::Mutex mutex_;
    std::string folder_ GUARDED_BY(mutex_);
    std::string thread_ GUARDED_BY(mutex_);
    std::map<std::string, std::unique_ptr<base::ByteSink>> open_ GUARDED_BY(mutex_);
    bool has_failed_ GUARDED_BY(mutex_) = false;
};

}  // namespace mogura::cli
