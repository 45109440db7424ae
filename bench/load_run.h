// Lines of the speed table: who does the same work, how each is measured, how it is printed.
//
// Every contender runs once in each round, so that what else the machine does meets all of them;
// the best round counts. Peak memory is the kernel's (wait4) of the whole process.

#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <cstdio>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace mogura::bench {

// What the benchmark cannot go on without: its message ends the program.
template <typename T>
T must(Result<T> result) {
    if (!result.ok()) throw std::runtime_error(result.error().message());
    return *std::move(result);
}
inline void must(const Result<>& result) {
    if (!result.ok()) throw std::runtime_error(result.error().message());
}

using Words = std::vector<std::string>;

struct Contender {
    std::string name;
    double amount = 0;                     // that a run does, of the line's unit
    bool counts = true;                    // our ratio is to the best of those that do
    std::vector<Words> commands = {};      // run at once; or
    std::function<void()> work = {};       // in this process, without its start
    std::function<void()> before = [] {};  // each run
    std::function<void()> after = [] {};   // each run, whatever was printed is in `messages`
};

struct Line {
    std::string name;
    enum class Unit { kMilliseconds, kMegabytes, kRows };
    Unit unit = Unit::kMegabytes;
    std::string wanted = "-";
    int memory_megabytes = 128;  // wanted at most
    std::optional<int> runs = {};
    Contender ours = {};
    std::vector<Contender> peers = {};
};

struct Measured {
    std::vector<double> seconds;  // of each run; empty: the program is not installed
    double peak_megabytes = 0;    // 0: not measured

    double best() const;
    double median() const;
};

class Stopwatch {
  public:
    // What contenders print goes to the file `messages`.
    Stopwatch(const base::Clock& clock, std::string messages, int runs)
        : clock_(clock), messages_(std::move(messages)), runs_(runs) {}

    // Prints the line as soon as it is measured.
    void measure(const Line& line) const;
    static void print_heading();
    // Where a line cannot be measured.
    static void print_missing(const std::string& name, const std::string& reason);

  private:
    void run_once(const Contender& contender, Measured& measured) const;
    // False when a program is not installed.
    bool run_commands(const Contender& contender, double& peak_megabytes) const;

    const base::Clock& clock_;
    const std::string messages_;
    const int runs_;
};

}  // namespace mogura::bench
