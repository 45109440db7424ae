#include "cli/embulk/log_lines.h"

#include "base/time_zone.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <utility>

namespace mogura::cli::embulk {
namespace {

// In the machine's time zone.
std::string timestamp(base::Instant now) {
    int64_t milliseconds =
        std::chrono::floor<std::chrono::milliseconds>(now).time_since_epoch().count();
    std::time_t seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    std::tm local{};
    ::localtime_r(&seconds, &local);
    char text[32];
    size_t size = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
    char fraction[16];
    std::snprintf(fraction, sizeof fraction, ".%03d ",
                  static_cast<int>(milliseconds - seconds * 1000));
    return std::string(text, size) + fraction +
           base::format_offset(std::chrono::seconds(local.tm_gmtoff), false);
}

struct Look {
    const char* name;
    const char* colour;
};

Look look_of(log::Level level) {
    switch (level) {
        case log::Level::kError:
            return {"ERROR", "\x1B[35m"};
        case log::Level::kWarn:
            return {"WARN", "\x1B[33m"};
        case log::Level::kInfo:
            return {"INFO", "\x1B[32m"};
        default:
            return {"DEBUG", "\x1B[37m"};
    }
}

}  // namespace

Result<std::unique_ptr<LogLines>> LogLines::open(const base::Clock& clock, const std::string& path,
                                                 bool is_coloured) {
    base::Descriptor file;
    if (!path.empty() && path != "-") {
        file =
            base::Descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
        if (!file) return base::system_error(path, "write the log");
        is_coloured = false;
    }
    return std::unique_ptr<LogLines>(new LogLines(clock, std::move(file), is_coloured));
}

LogLines::LogLines(const base::Clock& clock, base::Descriptor file, bool is_coloured)
    : clock_(clock), file_(std::move(file)), is_coloured_(is_coloured) {
    log::set_taker([this](log::Level level, std::string_view text) { write(level, text); });
}

LogLines::~LogLines() {
    log::set_taker({});
}

void LogLines::set_role(std::string role) {
    base::Lock lock(mutex_);
    role_ = std::move(role);
}

void LogLines::write(log::Level level, std::string_view text) {
    Look look = look_of(level);
    base::Lock lock(mutex_);
    std::string line = timestamp(clock_.now()) + " [" + look.name + "] (" + role_ + "): ";
    line.append(text);
    if (is_coloured_) line = look.colour + line + "\x1B[0m";
    line += '\n';
    int descriptor = file_ ? file_.get() : STDOUT_FILENO;
    [[maybe_unused]] ssize_t written = ::write(descriptor, line.data(), line.size());
}

}  // namespace mogura::cli::embulk
