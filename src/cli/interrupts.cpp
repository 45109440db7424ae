#include "cli/interrupts.h"

#include <pthread.h>
#include <signal.h>

#include <utility>

namespace mogura::cli {
namespace {

sigset_t wanted() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGUSR2);  // our own, to end the waiting
    return signals;
}

}  // namespace

Interrupts::Interrupts(std::function<void(int)> on_signal) {
    sigset_t signals = wanted();
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    waiter_ = std::jthread([on_signal = std::move(on_signal)](std::stop_token stop) {
        sigset_t awaited = wanted();
        for (int times = 0; !stop.stop_requested();) {
            int signal = 0;
            if (::sigwait(&awaited, &signal) != 0 || stop.stop_requested()) return;
            if (signal != SIGUSR2) on_signal(++times);
        }
    });
}

Interrupts::~Interrupts() {
    waiter_.request_stop();
    ::pthread_kill(waiter_.native_handle(), SIGUSR2);
}

}  // namespace mogura::cli
