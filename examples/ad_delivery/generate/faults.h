// What was planted into the logs on purpose, counted.

#pragma once

#include <cstdint>
#include <filesystem>

namespace ad_delivery {

struct LogFaults {
    int64_t rows = 0;  // lines written, broken ones included
    int64_t duplicates = 0;
    int64_t late = 0;
    int64_t bots = 0;
    int64_t broken = 0;
};

struct Faults {
    LogFaults imp;
    LogFaults click;
    LogFaults conv;
};

void write_faults(const Faults& faults, const std::filesystem::path& file);

}  // namespace ad_delivery
