// Random numbers that are the same on every machine.
//
// The standard library fixes its engines but not its distributions, and floating point may differ
// in the last bit; so everything here is integer arithmetic. One generator per purpose keeps
// unrelated choices apart: a new draw in one place does not change the rows of another.

#pragma once

#include <cstdint>

namespace ad_delivery {

class Random {
  public:
    Random(uint64_t seed, uint64_t purpose) : state_(seed * 0x9e3779b97f4a7c15u + purpose) {}

    // splitmix64: one addition and a scramble per number.
    uint64_t next() {
        state_ += 0x9e3779b97f4a7c15u;
        return scramble(state_);
    }

    // 0 <= result < bound, for bounds up to 2^32.
    uint64_t below(uint64_t bound) { return ((next() >> 32) * bound) >> 32; }

    int64_t between(int64_t first, int64_t last) {
        return first + static_cast<int64_t>(below(static_cast<uint64_t>(last - first + 1)));
    }

    bool one_in_million(uint64_t parts) { return below(1'000'000) < parts; }

    // 0 <= result < bound, small results far more often: the square (or a higher power) of a
    // uniform fraction. A few users, slots and creatives make most of the traffic.
    uint64_t heavy_tailed(uint64_t bound, int power = 2) {
        const uint64_t fraction = next() >> 32;
        uint64_t product = fraction;
        for (int i = 1; i < power; ++i) product = (product * fraction) >> 32;
        return (product * bound) >> 32;
    }

    static uint64_t scramble(uint64_t x) {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
        return x ^ (x >> 31);
    }

  private:
    uint64_t state_;
};

}  // namespace ad_delivery
