// For tests: the resume state of loads in memory.

#pragma once

#include "load/load.h"

namespace mogura::plugins {

class RememberedState final : public load::StateKeeper {
  public:
    const config::Map& earlier() const override { return earlier_; }
    Result<> save(const config::Map& state) override {
        state_ = state;
        return {};
    }
    // For the next run.
    RememberedState& again() {
        earlier_ = state_;
        return *this;
    }
    const config::Map& state() const { return state_; }

  private:
    config::Map earlier_;
    config::Map state_;
};

}  // namespace mogura::plugins
