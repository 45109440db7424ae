// Template texts on any bytes: finding the expressions, plain paths among them, the programs of the
// others, and the messages to and from the helper.

#include "config/config.h"
#include "script/error_text.h"
#include "script/message.h"
#include "script/plain_path.h"
#include "script/program.h"
#include "script/template.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

const mogura::config::Value& sample() {
    static const mogura::config::Value value = *mogura::config::parse_json(
        R"({"a": {"b": [1, "x", {"c": null}]}, "0": "text", "length": 1.5})", "sample");
    return value;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace mogura::script;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::vector<Part> parts = parse_template(text);
    size_t bytes = 0;
    for (const Part& part : parts) {
        bytes += part.text.size();
        if (auto path = parse_plain_path(part.text)) follow(*path, sample());
    }
    if (bytes > size) std::abort();  // nothing is invented
    make_program(parts);
    translate_error(std::string(text));
    decode_job(text);
    decode_answer(text);
    return 0;
}
