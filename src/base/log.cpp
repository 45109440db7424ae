#include "base/log.h"

#include "base/clock.h"
#include "base/mutex.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <atomic>

namespace mogura::log {
namespace {

struct State {
    std::atomic<Level> level = Level::kInfo;
    std::atomic<Format> format = Format::kText;
    base::Mutex mutex;
    std::function<void(std::string_view)> writer GUARDED_BY(mutex);
    std::function<void(Level, std::string_view)> taker GUARDED_BY(mutex);
};

// The one global of the house: a log that had to be handed to every function would not be used.
State& state() {
    static State the_state;
    return the_state;
}

constexpr std::array<std::string_view, 4> kNames = {"error", "warn", "info", "debug"};

std::string in_quotes(std::string_view text) {
    std::string result = "\"";
    for (unsigned char letter : text) {
        if (letter == '"' || letter == '\\') {
            result += '\\';
            result += static_cast<char>(letter);
        } else if (letter == '\n') {
            result += "\\n";
        } else if (letter < 0x20) {
            result += fmt::format("\\u{:04x}", static_cast<unsigned>(letter));
        } else {
            result += static_cast<char>(letter);
        }
    }
    return result + '"';
}

bool needs_quotes(std::string_view value) {
    return value.empty() || value.find_first_of(" \"\n\t=") != std::string_view::npos;
}

std::string timestamp() {
    auto now = base::SystemClock().now();
    auto seconds = std::chrono::floor<std::chrono::seconds>(now);
    auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(now - seconds).count();
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), milliseconds);
}

std::string with_fields(std::string_view message, Fields fields) {
    std::string text(message);
    for (const Field& field : fields) {
        text += fmt::format(" {}={}", field.name,
                            needs_quotes(field.value) ? in_quotes(field.value) : field.value);
    }
    return text;
}

std::string as_text(Level level, std::string_view message, Fields fields) {
    return fmt::format("{} {:<5} {}\n", timestamp(), kNames[static_cast<size_t>(level)],
                       with_fields(message, fields));
}

std::string as_json(Level level, std::string_view message, Fields fields) {
    std::string line = fmt::format(R"({{"time":"{}","level":"{}","message":{})", timestamp(),
                                   kNames[static_cast<size_t>(level)], in_quotes(message));
    for (const Field& field : fields) {
        line += fmt::format(",{}:{}", in_quotes(field.name),
                            field.is_number ? field.value : in_quotes(field.value));
    }
    return line + "}\n";
}

void write(Level level, std::string_view message, Fields fields) {
    State& the_state = state();
    if (level > the_state.level.load()) return;
    {
        base::Lock lock(the_state.mutex);
        if (the_state.taker) return the_state.taker(level, with_fields(message, fields));
    }
    std::string line = the_state.format.load() == Format::kJson ? as_json(level, message, fields)
                                                                : as_text(level, message, fields);
    base::Lock lock(the_state.mutex);
    if (the_state.writer) {
        the_state.writer(line);
    } else {
        [[maybe_unused]] ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    }
}

}  // namespace

void error(std::string_view message, Fields fields) {
    write(Level::kError, message, fields);
}
void warn(std::string_view message, Fields fields) {
    write(Level::kWarn, message, fields);
}
void info(std::string_view message, Fields fields) {
    write(Level::kInfo, message, fields);
}
void debug(std::string_view message, Fields fields) {
    write(Level::kDebug, message, fields);
}

void set_level(Level level) {
    state().level = level;
}
void set_format(Format format) {
    state().format = format;
}
void set_writer(std::function<void(std::string_view)> writer) {
    base::Lock lock(state().mutex);
    state().writer = std::move(writer);
}

void set_taker(std::function<void(Level, std::string_view)> taker) {
    base::Lock lock(state().mutex);
    state().taker = std::move(taker);
}

}  // namespace mogura::log
