// Ctrl-C and SIGTERM as calls on a thread, where everything may be done, and not in a handler.

#pragma once

#include <functional>
#include <thread>

namespace mogura::cli {

class Interrupts {
  public:
    // Blocks the signals in this thread and those that it starts: make it before any other.
    // `on_signal` is told how often it came, from 1.
    explicit Interrupts(std::function<void(int times)> on_signal);
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

  private:
    std::jthread waiter_;
};

}  // namespace mogura::cli
