// What goes over the pipes between the engine and a JavaScript helper.
//
// A frame is a length (32 bits, this machine's order) and so many bytes; inside, texts and numbers
// follow each other, each text with its length in front. The helper says Hello once. For every
// Job that it reads, it writes an Answer per script, in order, up to the first that failed.
// This file is compiled into the program and into the JavaScript module.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mogura::script {

inline constexpr uint32_t kFrameBytesMax = 256 << 20;

struct Script {
    std::string source;  // Program::source
    // The parameters that it may read: name as a JSON string, and place in Job::values.
    std::vector<std::pair<std::string, uint32_t>> scope;
    bool uses_moment = false;
    bool uses_dates = false;
    bool uses_java = false;
};

struct Job {
    std::string time_zone;  // as ICU spells it: "Asia/Tokyo", "GMT+05:45"
    uint32_t time_max_ms = 0;
    int64_t memory_max_bytes = 0;
    std::vector<std::string> values;  // JSON
    std::vector<Script> scripts;
};

struct Answer {
    bool ok = false;
    std::string text;  // the result, or what went wrong
};

std::string encode(const Job& job);
std::string encode(const Answer& answer);
// Nothing when the bytes are not what was expected.
std::optional<Job> decode_job(std::string_view frame);
std::optional<Answer> decode_answer(std::string_view frame);

// Blocking; false when the other side is gone. encode() puts the length in front, read_frame()
// takes it off.
bool write_fully(int descriptor, std::string_view bytes);
bool read_frame(int descriptor, std::string& frame);

}  // namespace mogura::script
