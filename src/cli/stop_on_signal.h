// Ctrl-C and SIGTERM ask the work to stop; a second one ends the program at once.
//
// Owns a thread, and the process's handling of these signals, from construction to destruction.

#pragma once

#include <csignal>
#include <stop_token>
#include <thread>

namespace mogura::cli {

class StopOnSignal {
  public:
    StopOnSignal();
    ~StopOnSignal();
    std::stop_token token() const { return source_.get_token(); }

  private:
    sigset_t signals_{};
    std::stop_source source_;
    std::jthread thread_;
};

}  // namespace mogura::cli
