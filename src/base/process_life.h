// Which process a number stands for: a process may end and another get its number.
//
// Owns: reading /proc. Leaves to others: starting and signalling processes (base/process.h). Any
// thread.

#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mogura::base {

struct ProcessLife {
    int64_t began = 0;  // in clock ticks since the boot
    int64_t group = 0;
};

// Nothing when no such process runs; the dead that nobody has waited for do not.
std::optional<ProcessLife> process_life(int64_t pid);

// Another after each boot of the machine; empty where the system does not tell.
const std::string& this_boot();

// This process among all that ever ran on this machine, as a text that can be kept.
const std::string& this_process();
// Whether the process of such a text still runs. Of another machine or another container nobody
// can tell: false.
bool is_running(const std::string& process);

}  // namespace mogura::base
