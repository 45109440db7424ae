// What the loop sleeps on: descriptors of commands, time, and calls to wake().
//
// One thread watches and waits; wake() may come from any thread and from a signal handler.

#pragma once

#include "base/file.h"
#include "base/result.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace mogura::engine {

class Watch {
  public:
    static Result<std::unique_ptr<Watch>> create();

    // Tells of the descriptor once, under that key.
    Result<> add(int descriptor, uint64_t key);
    void remove(int descriptor);
    // Sleeps until something happens or the time has passed; returns the keys of what did.
    Result<std::vector<uint64_t>> wait(std::chrono::microseconds time);
    void wake();

  private:
    Watch(base::Descriptor events, base::Descriptor bell)
        : events_(std::move(events)), bell_(std::move(bell)) {}

    base::Descriptor events_;
    base::Descriptor bell_;
};

}  // namespace mogura::engine
