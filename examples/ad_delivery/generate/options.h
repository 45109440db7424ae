// What the command line asks for.

#pragma once

#include <cstdint>
#include <filesystem>

namespace ad_delivery {

struct Options {
    int64_t events = 1'000'000;
    uint64_t seed = 1;
    int64_t day = 0;  // first second of the day, UTC
    std::filesystem::path out;
};

// Throws std::invalid_argument with a sentence for the user.
Options read_options(int count, char** words);

}  // namespace ad_delivery
