#include "cli/stop_on_signal.h"

#include <pthread.h>
#include <unistd.h>

namespace mogura::cli {

StopOnSignal::StopOnSignal() {
    ::sigemptyset(&signals_);
    ::sigaddset(&signals_, SIGINT);
    ::sigaddset(&signals_, SIGTERM);
    ::sigaddset(&signals_, SIGUSR1);
    ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    thread_ = std::jthread([this] {
        for (int count = 0;; ++count) {
            int signal = 0;
            ::sigwait(&signals_, &signal);
            if (signal == SIGUSR1) return;
            if (count > 0) ::_exit(128 + signal);
            source_.request_stop();
        }
    });
}

StopOnSignal::~StopOnSignal() {
    ::pthread_kill(thread_.native_handle(), SIGUSR1);
    thread_.join();
}

}  // namespace mogura::cli
