// YAML in both dialects, and JSON: what was read must come back the same after being written.

#include "config/config.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using mogura::Result;
using mogura::config::Dialect;
using mogura::config::Value;

void require(bool condition, const char* what, const std::string& written) {
    if (condition) return;
    std::fprintf(stderr, "%s\n%s\n", what, written.c_str());
    std::abort();
}

void fuzz_json(std::string_view text) {
    auto value = mogura::config::parse_json(text, "f");
    if (!value.ok()) return;
    for (const std::string& written :
         {mogura::config::to_json(*value), mogura::config::to_pretty_json(*value)}) {
        auto again = mogura::config::parse_json(written, "f");
        require(again.ok(), "JSON cannot be read back", written);
        require(mogura::config::to_json(*again) == mogura::config::to_json(*value), "JSON changes",
                written);
    }
}

// Includes give a fixed mapping, so that splicing is exercised too.
Result<Value> include(const std::string&) {
    return mogura::config::parse_json(R"({"a":{"b":1},"c":[2]})", "f");
}

void fuzz_yaml(std::string_view text, Dialect dialect) {
    auto value =
        mogura::config::parse_yaml(text, {.dialect = dialect, .file = "f", .include = include});
    if (!value.ok()) return;
    const std::string written = mogura::config::to_yaml(*value);
    auto again = mogura::config::parse_yaml(written, {.dialect = dialect, .file = "f"});
    require(again.ok(), "YAML cannot be read back", written);
    require(mogura::config::to_yaml(*again) == written, "YAML changes", written);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    fuzz_json(text);
    fuzz_yaml(text, Dialect::kDigdag);
    fuzz_yaml(text, Dialect::kEmbulk);
    return 0;
}
