// A gate counts work in flight, so that stopping is a wait and not a race.
//
//     if (auto pass = gate.enter()) { ... }     // no pass once the gate is closed
//     gate.close();                             // waits until every pass is gone

#pragma once

#include "base/mutex.h"

#include <cstdint>
#include <utility>

namespace mogura::base {

class Gate {
  public:
    class Pass {
      public:
        Pass() = default;
        explicit Pass(Gate* gate) : gate_(gate) {}
        Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
        Pass& operator=(Pass&& other) noexcept {
            std::swap(gate_, other.gate_);
            return *this;
        }
        ~Pass() {
            if (gate_) gate_->leave();
        }
        explicit operator bool() const { return gate_ != nullptr; }

      private:
        Gate* gate_ = nullptr;
    };

    Pass enter() {
        Lock lock(mutex_);
        if (closed_) return {};
        ++inside_;
        return Pass(this);
    }

    void close() {
        Lock lock(mutex_);
        closed_ = true;
        while (inside_ > 0) empty_.wait(mutex_);
    }

  private:
    void leave() {
        Lock lock(mutex_);
        if (--inside_ == 0) empty_.notify_all();
    }

    Mutex mutex_;
    Condition empty_;
    int64_t inside_ GUARDED_BY(mutex_) = 0;
    bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace mogura::base
