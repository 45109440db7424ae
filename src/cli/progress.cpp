#include "cli/progress.h"

#include "base/display_width.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time_zone.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace mogura::cli {
namespace {

constexpr std::chrono::milliseconds kRedraw{100};
constexpr int kLinesMax = 12;

void write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        ssize_t count = ::write(descriptor, text.data(), text.size());
        if (count <= 0) return;
        text.remove_prefix(static_cast<size_t>(count));
    }
}

size_t terminal_width() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
    return size.ws_col;
}

double seconds_between(base::Instant from, base::Instant to) {
    return std::chrono::duration<double>(to - from).count();
}

int64_t integer_at(const config::Map& map, const char* name) {
    const config::Value* value = map.find(name);
    return value && value->is_integer() ? value->integer() : 0;
}

std::string figures(int64_t rows, int64_t bytes, int64_t rejected) {
    std::string text;
    if (rows > 0) text += "  " + base::with_thousands(rows) + " rows";
    if (bytes > 0) text += "  " + base::with_unit_bytes(bytes);
    if (rejected > 0) text += "  " + base::with_thousands(rejected) + " rejected";
    return text;
}

std::string first_line(const std::string& text) {
    size_t end = text.find('\n');
    return end == std::string::npos ? text : text.substr(0, end) + " ...";
}

}  // namespace

Progress::Progress(ProgressStyle style, const base::Clock& clock, bool keeps_summary)
    : style_(style), keeps_summary_(keeps_summary), clock_(clock) {
    if (style_ != ProgressStyle::kLive) return;
    log::set_writer([this](std::string_view line) {
        base::Lock lock(mutex_);
        erase();
        write_all(STDERR_FILENO, line);
        draw();
    });
    drawer_ = std::jthread([this](std::stop_token stop) { redraw_until(stop); });
}

Progress::~Progress() {
    stop();
}

void Progress::stop() {
    if (style_ != ProgressStyle::kLive) return;
    {
        base::Lock lock(mutex_);
        if (is_stopping_) return;
        erase();
        is_stopping_ = true;
        stopped_.notify_all();
    }
    log::set_writer({});
}

void Progress::redraw_until(std::stop_token) {
    base::Lock lock(mutex_);
    while (!is_stopping_) {
        stopped_.wait_for(mutex_, kRedraw);
        if (is_stopping_) return;
        erase();
        draw();
    }
}

void Progress::erase() {
    if (lines_drawn_ == 0) return;
    write_all(STDERR_FILENO, "\r\x1b[" + std::to_string(lines_drawn_) + "A\x1b[J");
    lines_drawn_ = 0;
}

void Progress::draw() {
    if (style_ != ProgressStyle::kLive || is_stopping_ || running_.empty()) return;
    base::Instant now = clock_.now();
    size_t width = terminal_width();
    std::string text;
    int lines = 0;
    for (const auto& [id, task] : running_) {
        if (lines == kLinesMax) {
            text += "  ... and " + std::to_string(running_.size() - kLinesMax) + " more\n";
            ++lines;
            break;
        }
        std::string line =
            "  " + task.full_name + "  " + task.type + ">  " +
            base::with_unit_seconds(seconds_between(task.since, now)) +
            figures(task.progress->rows, task.progress->bytes, task.progress->rows_rejected);
        double share = task.progress->share;
        if (share >= 0) line += "  " + std::to_string(static_cast<int>(share * 100)) + " %";
        text += base::cut_to_width(line, width - 1) + "\n";
        ++lines;
    }
    write_all(STDERR_FILENO, text);
    lines_drawn_ = lines;
}

void Progress::write_line(const std::string& line) {
    erase();
    write_all(STDERR_FILENO, line + "\n");
    draw();
}

void Progress::write_json(config::Map event) {
    event.append("time", base::format_iso(clock_.now(), base::TimeZone()));
    write_all(STDOUT_FILENO, config::to_json(event) + "\n");
}

void Progress::attempt_started(const store::Attempt& attempt, bool is_resumed) {
    base::Lock lock(mutex_);
    if (style_ != ProgressStyle::kJson) return;
    config::Map event;
    auto zone = base::TimeZone::find(attempt.time_zone);
    event.append("event", "attempt_started");
    event.append("workflow", attempt.session.workflow);
    event.append("session_time",
                 base::format_iso(attempt.session.time, zone.ok() ? *zone : base::TimeZone()));
    event.append("attempt", static_cast<int64_t>(attempt.id));
    event.append("resumed", is_resumed);
    write_json(std::move(event));
}

void Progress::task_started(const engine::TaskStart& start) {
    if (style_ == ProgressStyle::kPlain) {
        log::info(start.type + ">: " + first_line(start.command), {{"task", start.full_name}});
    }
    base::Lock lock(mutex_);
    running_[{start.task_id, start.full_name}] = {start.full_name, start.type, clock_.now(),
                                                  start.progress};
    if (style_ != ProgressStyle::kJson) return;
    config::Map event;
    event.append("event", "task_started");
    event.append("task", start.full_name);
    event.append("operator", start.type);
    event.append("command", start.command);
    write_json(std::move(event));
}

void Progress::task_output(const std::string& full_name, std::string_view text) {
    base::Lock lock(mutex_);
    if (style_ == ProgressStyle::kJson) {
        config::Map event;
        event.append("event", "output");
        event.append("task", full_name);
        event.append("text", text);
        write_json(std::move(event));
        return;
    }
    erase();
    write_all(STDOUT_FILENO, text);
    // The lines of running tasks must begin at the left.
    bool cut = style_ == ProgressStyle::kLive && !text.empty() && text.back() != '\n';
    if (cut && ::isatty(STDOUT_FILENO)) write_all(STDOUT_FILENO, "\n");
    draw();
}

Progress::FinishedTask Progress::summarize(const store::Task& task) {
    FinishedTask row{.full_name = task.full_name,
                     .state = std::string(store::state_name(task.state)),
                     .rows = integer_at(task.report, "rows"),
                     .bytes = integer_at(task.report, "bytes"),
                     .rejected = integer_at(task.report, "rejected"),
                     .is_group = task.is_group};
    if (task.started_at) row.seconds = seconds_between(*task.started_at, task.updated_at);
    auto found = running_.find({static_cast<int64_t>(task.id), task.full_name});
    if (found == running_.end()) return row;
    const engine::TaskProgress& progress = *found->second.progress;
    if (row.rows == 0) row.rows = progress.rows;
    if (row.bytes == 0) row.bytes = progress.bytes;
    if (row.rejected == 0) row.rejected = progress.rows_rejected;
    running_.erase(found);
    return row;
}

void Progress::task_finished(const store::Task& task) {
    std::string plain;
    {
        base::Lock lock(mutex_);
        FinishedTask row = summarize(task);
        if (style_ == ProgressStyle::kJson) {
            config::Map event;
            event.append("event", "task_finished");
            event.append("task", row.full_name);
            event.append("group", row.is_group);
            event.append("state", row.state);
            event.append("seconds", row.seconds);
            event.append("rows", row.rows);
            event.append("bytes", row.bytes);
            event.append("rejected", row.rejected);
            if (!task.error.empty()) event.append("error", task.error);
            write_json(std::move(event));
        }
        bool is_shown =
            !row.is_group && (task.started_at || task.state != store::TaskState::kSuccess);
        std::string text = row.full_name + "  " + base::with_unit_seconds(row.seconds) +
                           figures(row.rows, row.bytes, row.rejected);
        if (is_shown && style_ == ProgressStyle::kLive) {
            bool good = task.state == store::TaskState::kSuccess;
            write_line((good ? "  ok  " : "  " + row.state + "  ") + text);
        }
        if (is_shown && style_ == ProgressStyle::kPlain) plain = row.state + "  " + text;
        if (keeps_summary_) finished_.push_back(std::move(row));
    }
    if (!plain.empty()) log::info(plain);
}

void Progress::print_text(std::string_view text) {
    base::Lock lock(mutex_);
    erase();
    write_all(STDERR_FILENO, text);
    draw();
}

void Progress::task_retries(const store::Task& task, const std::string& message) {
    log::warn("trying again", {{"task", task.full_name}, {"reason", message}});
}

void Progress::attempt_finished(const store::Attempt& attempt, bool is_success) {
    stop();
    base::Lock lock(mutex_);
    if (style_ != ProgressStyle::kJson) return;
    config::Map event;
    event.append("event", "attempt_finished");
    event.append("attempt", static_cast<int64_t>(attempt.id));
    event.append("success", is_success);
    write_json(std::move(event));
}

void Progress::print_summary() {
    base::Lock lock(mutex_);
    if (style_ == ProgressStyle::kJson) return;  // the events say it all
    size_t width = 4;
    for (const FinishedTask& row : finished_) width = std::max(width, row.full_name.size());
    auto line = [&](const std::string& task, const char* state, const std::string& seconds,
                    const std::string& rows, const std::string& bytes) {
        std::printf("%-*s  %-11s  %10s  %14s  %10s\n", static_cast<int>(width), task.c_str(), state,
                    seconds.c_str(), rows.c_str(), bytes.c_str());
    };
    line("task", "state", "time", "rows", "bytes");
    for (const FinishedTask& row : finished_) {
        if (row.is_group) continue;
        line(row.full_name, row.state.c_str(), base::with_unit_seconds(row.seconds),
             row.rows > 0 ? base::with_thousands(row.rows) : "",
             row.bytes > 0 ? base::with_unit_bytes(row.bytes) : "");
    }
    std::fflush(stdout);
}

}  // namespace mogura::cli
