#include "base/process.h"
#include "cli/front.h"

#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace mogura::cli {
namespace {

// Any other name is mogura's.
constexpr Front kFronts[] = {{"digdag", run_as_digdag}, {"embulk", run_as_embulk}};

int run(House& house, const std::vector<std::string>& arguments) {
    for (const Front& front : kFronts) {
        if (house.called_as == front.name) return front.run(house, arguments);
    }
    return run_as_mogura(house, arguments);
}

// Pages and row groups of some megabytes come and go all the time. What the C library would give
// back to the system at once costs a page fault for every 4 KiB when it is taken again: a tenth of
// an ingest's CPU.
void keep_memory() {
    constexpr int kMegabyte = 1024 * 1024;
    int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
    mallopt(M_ARENA_MAX, 2 * cores);
    mallopt(M_MMAP_THRESHOLD, 32 * kMegabyte);
    mallopt(M_TRIM_THRESHOLD, 256 * kMegabyte);
    mallopt(M_TOP_PAD, 4 * kMegabyte);
}

// Printed rows may be lost where they went; a full disk may show only now. A reader that has gone
// had enough of them.
int finish_output(int code) {
    bool is_lost = std::ferror(stdout) != 0;
    is_lost = std::fflush(stdout) != 0 || is_lost;
    struct stat status{};
    if (!is_lost || ::fstat(STDOUT_FILENO, &status) != 0) return code;
    if (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)) return code;
    std::fprintf(stderr, "mogura: standard output: cannot write all of it (is the disk full?)\n");
    return code == 0 ? 1 : code;
}

}  // namespace
}  // namespace mogura::cli

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    mogura::cli::keep_memory();
    try {
        mogura::cli::House house;
        house.environment = mogura::base::current_environment();
        house.program = std::filesystem::read_symlink("/proc/self/exe").string();
        house.called_as = std::filesystem::path(argv[0]).filename().string();
        house.is_terminal = ::isatty(STDERR_FILENO) != 0;
        mogura::plugins::add_all(house.registry);
        std::vector<std::string> arguments(argv + 1, argv + argc);
        return mogura::cli::finish_output(mogura::cli::run(house, arguments));
    } catch (const std::exception& bug) {
        std::fprintf(stderr, "mogura: a bug: %s\n", bug.what());
        return 70;
    }
}
