// The program's own log: fixed words, then fields. A task's output is a different thing: it is
// stored and shown (engine).
//
//     log::info("attempt started", {{"attempt", id}, {"workflow", name}});
//
// error: someone must act; warn: degraded; info: state changed; debug: for the curious. One line a
// call on standard error, text for people or JSON for machines. Any thread may call.

#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

namespace mogura::log {

enum class Level { kError, kWarn, kInfo, kDebug };
enum class Format { kText, kJson };

struct Field {
    Field(std::string_view field_name, std::string_view text) : name(field_name), value(text) {}
    Field(std::string_view field_name, const char* text) : name(field_name), value(text) {}
    Field(std::string_view field_name, const std::string& text) : name(field_name), value(text) {}
    template <typename Number>
        requires std::is_arithmetic_v<Number>
    Field(std::string_view field_name, Number number)
        : name(field_name), value(std::to_string(number)), is_number(true) {}

    std::string name;
    std::string value;
    bool is_number = false;
};

using Fields = std::initializer_list<Field>;

void error(std::string_view message, Fields fields = {});
void warn(std::string_view message, Fields fields = {});
void info(std::string_view message, Fields fields = {});
void debug(std::string_view message, Fields fields = {});

// Set once by cli before threads start. The default is info and text.
void set_level(Level level);
void set_format(Format format);
// Receives whole lines (with their line end) instead of standard error: the progress display uses
// it so that log lines do not tear it. An empty function restores standard error.
void set_writer(std::function<void(std::string_view line)> writer);
// Receives what would become lines, the fields behind the message: for front ends whose log has a
// form of its own. An empty function restores lines.
void set_taker(std::function<void(Level level, std::string_view text)> taker);

}  // namespace mogura::log
