// What a report tells of a run, written down while it goes: when tasks began, what they saw and
// printed, which tries failed.
//
// Any thread may call.

#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "engine/engine.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::cli {

struct RecordedTry {
    base::Instant failed_at{};
    std::string message;
};

struct RecordedTask {
    base::Instant called_at{};  // the first time
    std::string type;
    std::string command;
    config::Map parameters;  // evaluated; secrets are not among them
    std::string output;      // its last kOutputBytesMax bytes
    bool is_output_cut = false;
    std::vector<RecordedTry> failed_tries;
};

class RunRecord {
  public:
    static constexpr size_t kOutputBytesMax = 16 * 1024;

    explicit RunRecord(const base::Clock& clock) : clock_(clock) {}

    void task_called(const engine::TaskStart& start, const config::Map& parameters);
    void task_printed(const std::string& full_name, std::string_view text);
    void task_retries(const store::Task& task, const std::string& message);

    // By task id; a task that never called an operator is not there.
    std::map<int64_t, RecordedTask> tasks() const;

  private:
    const base::Clock& clock_;
    mutable base::Mutex mutex_;
    std::map<int64_t, RecordedTask> tasks_ GUARDED_BY(mutex_);
    std::map<std::string, int64_t> newest_ GUARDED_BY(mutex_);  // id by full name
};

}  // namespace mogura::cli
