#include "cli/load_progress.h"

#include "base/log.h"
#include "base/text.h"

#include <unistd.h>

#include <cstdio>

namespace mogura::cli {
namespace {

constexpr std::chrono::milliseconds kPaintEvery{200};
constexpr std::chrono::seconds kLogEvery{10};

void write_out(std::string_view text) {
    [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

LoadProgress::LoadProgress(const load::Progress& progress, const base::Clock& clock,
                           bool is_terminal)
    : progress_(progress), clock_(clock), is_terminal_(is_terminal), start_(clock.monotonic()) {
    if (is_terminal_) {
        log::set_writer([this](std::string_view text) {
            base::Lock lock(mutex_);
            write_out("\r\x1b[K" + std::string(text) + painted_);
        });
    }
    thread_ = std::jthread([this](const std::stop_token& stop) { show(stop); });
}

LoadProgress::~LoadProgress() {
    thread_.request_stop();
    thread_.join();
    if (is_terminal_) {
        log::set_writer({});
        write_out("\r\x1b[K");
    }
}

void LoadProgress::show(const std::stop_token& stop) {
    std::mutex waiting;
    std::unique_lock lock(waiting);
    while (!stop.stop_requested()) {
        auto pause = is_terminal_ ? std::chrono::nanoseconds(kPaintEvery) : kLogEvery;
        if (wake_.wait_for(lock, stop, pause, [] { return false; }) || stop.stop_requested())
            return;
        if (is_terminal_) {
            paint();
        } else {
            log::info("loading: " + line());
        }
    }
}

void LoadProgress::paint() {
    std::string text = "\r\x1b[K" + line();
    base::Lock lock(mutex_);
    painted_ = text;
    write_out(text);
}

std::string LoadProgress::line() const {
    double seconds = std::chrono::duration<double>(clock_.monotonic() - start_).count();
    int64_t bytes = progress_.bytes_read;
    int64_t total = progress_.bytes_total;
    double rate = seconds > 0 ? static_cast<double>(bytes) / seconds : 0;
    std::string text = base::with_thousands(progress_.rows_read) + " rows, " +
                       base::with_unit_bytes(bytes) + ", " +
                       base::with_unit_bytes(static_cast<int64_t>(rate)) + "/s";
    if (total > 0 && rate > 0) {
        char share[32];
        double part = static_cast<double>(bytes) / static_cast<double>(total);
        std::snprintf(share, sizeof share, ", %.0f %%", part * 100);
        text += share;
        double left = static_cast<double>(total - bytes) / rate;
        text += ", " + base::with_unit_seconds(left > 0 ? left : 0) + " left";
    }
    if (int64_t tasks = progress_.tasks_total; tasks > 1) {
        text +=
            ", " + std::to_string(progress_.tasks_done) + " of " + std::to_string(tasks) + " tasks";
    }
    if (int64_t rejected = progress_.rows_rejected; rejected > 0) {
        text += ", " + base::with_thousands(rejected) + " rejected";
    }
    return text;
}

}  // namespace mogura::cli
