// Shows how a load goes on: one line on a terminal that is painted over, a log line now and then
// elsewhere.
//
// Owns a thread from construction to destruction. The counters are read, never written.

#pragma once

#include "base/clock.h"
#include "base/mutex.h"
#include "load/load.h"

#include <stop_token>
#include <string>
#include <thread>

namespace mogura::cli {

class LoadProgress {
  public:
    LoadProgress(const load::Progress& progress, const base::Clock& clock, bool is_terminal);
    // Wipes the line.
    ~LoadProgress();

  private:
    void show(const std::stop_token& stop);
    void paint();
    std::string line() const;

    const load::Progress& progress_;
    const base::Clock& clock_;
    const bool is_terminal_;
    const std::chrono::nanoseconds start_;
    base::Mutex mutex_;
    std::condition_variable_any wake_;
    std::string painted_ GUARDED_BY(mutex_);
    std::jthread thread_;
};

}  // namespace mogura::cli
