// What people and machines see of a running workflow.
//
// kLive: on a terminal, a line for each running task below the log and the tasks' output, which
// scroll up whole; kPlain: log lines; kJson: an event for each line of standard output. Output of
// tasks goes to standard output, everything else to standard error. Any thread may call.

#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "engine/engine.h"
#include "store/store.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace mogura::cli {

enum class ProgressStyle { kLive, kPlain, kJson };

class Progress {
  public:
    // Only with `keeps_summary` is there something to print at the end: it costs memory.
    Progress(ProgressStyle style, const base::Clock& clock, bool keeps_summary);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void attempt_started(const store::Attempt& attempt, bool is_resumed);
    void task_started(const engine::TaskStart& start);
    void task_output(const std::string& full_name, std::string_view text);
    void task_finished(const store::Task& task);
    // Lines for people on standard error, whole.
    void print_text(std::string_view text);
    void task_retries(const store::Task& task, const std::string& message);
    void attempt_finished(const store::Attempt& attempt, bool is_success);
    // The table of `--summary`, on standard output (as an event with --json).
    void print_summary();
    // No line is redrawn any more.
    void stop();

  private:
    struct RunningTask {
        std::string full_name;
        std::string type;
        base::Instant since{};
        std::shared_ptr<const engine::TaskProgress> progress;
    };
    struct FinishedTask {
        std::string full_name;
        std::string state;
        double seconds = 0;
        int64_t rows = 0;
        int64_t bytes = 0;
        int64_t rejected = 0;
        bool is_group = false;
    };

    FinishedTask summarize(const store::Task& task) REQUIRES(mutex_);
    void write_json(config::Map event) REQUIRES(mutex_);
    void write_line(const std::string& line) REQUIRES(mutex_);
    void draw() REQUIRES(mutex_);
    void erase() REQUIRES(mutex_);
    void redraw_until(std::stop_token stop);

    const ProgressStyle style_;
    const bool keeps_summary_;
    const base::Clock& clock_;
    base::Mutex mutex_;
    base::Condition stopped_;
    std::map<std::pair<int64_t, std::string>, RunningTask> running_ GUARDED_BY(mutex_);
    std::vector<FinishedTask> finished_ GUARDED_BY(mutex_);
    int lines_drawn_ GUARDED_BY(mutex_) = 0;
    bool is_stopping_ GUARDED_BY(mutex_) = false;
    std::jthread drawer_;
};

}  // namespace mogura::cli
