#include "load_run.h"

#include "base/check.h"
#include "base/file.h"
#include "base/process.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

namespace mogura::bench {
namespace {

double value_of(Line::Unit unit, double amount, double seconds) {
    return unit == Line::Unit::kMilliseconds ? seconds * 1000 : amount / seconds;
}

std::string number(Line::Unit unit, double value) {
    char text[48];
    std::snprintf(text, sizeof text, unit == Line::Unit::kMilliseconds ? "%.2f" : "%.0f", value);
    return text;
}

std::string figure(const Line& line, const Contender& contender, const Measured& measured) {
    if (measured.seconds.empty()) return "-";
    std::string text = number(line.unit, value_of(line.unit, contender.amount, measured.best()));
    if (line.unit == Line::Unit::kMilliseconds) {
        text += " (median " + number(line.unit, measured.median() * 1000) + ")";
    }
    return text;
}

std::string megabytes(double value) {
    if (value == 0) return "-";
    char text[48];
    std::snprintf(text, sizeof text, "%.0f", value);
    return text;
}

const char* unit_name(Line::Unit unit) {
    switch (unit) {
        case Line::Unit::kMilliseconds:
            return "ms";
        case Line::Unit::kMegabytes:
            return "MB/s";
        case Line::Unit::kRows:
            return "rows/s";
    }
    return "";
}

// Waits until the process has ended; its peak in MB.
double wait_for(const base::Process& process, const std::string& name,
                const std::string& messages) {
    int status = 0;
    rusage usage{};
    while (::wait4(process.pid(), &status, 0, &usage) < 0) CHECK(errno == EINTR);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        throw std::runtime_error(name + " failed:\n" + must(base::read_file(messages)));
    }
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

struct Best {
    std::string name = "-";
    double speed = 0;
};

}  // namespace

double Measured::best() const {
    return *std::min_element(seconds.begin(), seconds.end());
}

double Measured::median() const {
    std::vector<double> sorted = seconds;
    std::sort(sorted.begin(), sorted.end());
    return (sorted[(sorted.size() - 1) / 2] + sorted[sorted.size() / 2]) / 2;
}

bool Stopwatch::run_commands(const Contender& contender, double& peak_megabytes) const {
    std::vector<base::Process> processes;
    for (const Words& words : contender.commands) {
        base::Command command{.arguments = words, .environment = base::current_environment()};
        command.output = base::Stream::null();
        command.errors = base::Stream::file(messages_);
        auto started = base::Process::start(command);
        if (!started.ok() && started.error().code() == Code::kNotFound) return false;
        processes.push_back(must(std::move(started)));
    }
    double peak = 0;
    for (const base::Process& process : processes) {
        peak += wait_for(process, contender.name, messages_);
    }
    peak_megabytes = std::max(peak_megabytes, peak);
    return true;
}

void Stopwatch::run_once(const Contender& contender, Measured& measured) const {
    std::filesystem::remove(messages_);
    contender.before();
    const auto start = clock_.monotonic();
    if (contender.work) {
        contender.work();
    } else if (!run_commands(contender, measured.peak_megabytes)) {
        return;
    }
    measured.seconds.push_back(std::chrono::duration<double>(clock_.monotonic() - start).count());
    contender.after();
}

void Stopwatch::print_heading() {
    std::printf(
        "| line | unit | mogura | peak MB | wanted MB | peers (peak MB) | against | ratio | wanted "
        "|\n"
        "|---|---|---|---|---|---|---|---|---|\n");
}

void Stopwatch::print_missing(const std::string& name, const std::string& reason) {
    std::printf("| %s | - | %s |\n", name.c_str(), reason.substr(0, reason.find('\n')).c_str());
    std::fflush(stdout);
}

void Stopwatch::measure(const Line& line) const {
    Measured ours;
    std::vector<Measured> theirs(line.peers.size());
    for (int run = 0; run < line.runs.value_or(runs_); ++run) {
        run_once(line.ours, ours);
        for (size_t peer = 0; peer < theirs.size(); ++peer)
            run_once(line.peers[peer], theirs[peer]);
    }
    if (ours.seconds.empty()) throw std::runtime_error(line.ours.commands[0][0] + ": not found");
    std::string peers;
    Best best;
    for (size_t at = 0; at < theirs.size(); ++at) {
        const Contender& peer = line.peers[at];
        peers += (at > 0 ? "; " : "") + peer.name + ": " + figure(line, peer, theirs[at]) + " (" +
                 megabytes(theirs[at].peak_megabytes) + ")";
        if (!peer.counts || theirs[at].seconds.empty()) continue;
        double speed = peer.amount / theirs[at].best();
        if (speed > best.speed) best = {peer.name, speed};
    }
    char ratio[32] = "-";
    if (best.speed > 0) {
        std::snprintf(ratio, sizeof ratio, "%.2f", line.ours.amount / ours.best() / best.speed);
    }
    std::printf("| %s | %s | %s | %s | %d | %s | %s | %s | %s |\n", line.name.c_str(),
                unit_name(line.unit), figure(line, line.ours, ours).c_str(),
                megabytes(ours.peak_megabytes).c_str(), line.memory_megabytes,
                peers.empty() ? "-" : peers.c_str(), best.name.c_str(), ratio, line.wanted.c_str());
    std::fflush(stdout);
}

}  // namespace mogura::bench
