// MessagePack: whatever is accepted becomes JSON that reads back, and a refusal leaves no trace.

#include "config/config.h"
#include "plugins/message_pack.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    std::string json = "<";
    std::string_view text(reinterpret_cast<const char*>(bytes), size);
    bool is_value = mogura::plugins::append_message_pack(text, json).ok();
    if (!is_value && json == "<") return 0;
    if (is_value && mogura::config::parse_json(json.substr(1), "f").ok()) return 0;
    std::fprintf(stderr, "%s\n", json.c_str());
    std::abort();
}
