#include "base/check.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/commands.h"

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

void print_help() {
    std::printf("Mogura: workflows, bulk loads, SQL and serving snapshots in one program.\n\n");
    std::printf("Usage: mogura COMMAND [OPTIONS]\n\nCommands:\n");
    for (const CommandEntry* command : kCommands) {
        if (*command->help) std::printf("  %-12s %s\n", command->name, command->help);
    }
    std::printf(
        "\n`mogura COMMAND --help` explains a command. `mogura --version` prints the version.\n");
}

int run(House& house, const std::vector<std::string>& arguments) {
    if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h" ||
        arguments[0] == "help") {
        print_help();
        return arguments.empty() ? 2 : 0;
    }
    if (arguments[0] == "--version" || arguments[0] == "version") {
        std::printf("mogura %s\n", MOGURA_VERSION);
        return 0;
    }
    std::vector<std::string> known;
    for (const CommandEntry* command : kCommands) {
        std::string word = base::replace_all(command->name, "_", "-");
        if (word == arguments[0]) return command->run(house, std::span(arguments).subspan(1));
        if (*command->help) known.push_back(word);
    }
    std::fprintf(stderr, "mogura: unknown command: %s%s\n`mogura --help` lists the commands.\n",
                 arguments[0].c_str(), base::did_you_mean(arguments[0], known).c_str());
    return 2;
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
