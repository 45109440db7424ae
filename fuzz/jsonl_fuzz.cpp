// JSON lines: the quick way against the exact one, on the values of two columns.

#include "plugins/parser/jsonl/parser.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace mogura;
using plugins::jsonl::JsonLinesParser;

plugins::jsonl::Table table() {
    plugins::ColumnTable columns;
    columns.schema = page::Schema(
        {{.name = "a", .type = page::Type::kString}, {.name = "b", .type = page::Type::kLong}});
    columns.timestamps.resize(2);
    return {std::move(columns), {1, 1}};
}

std::vector<std::string> read(const JsonLinesParser& parser, std::string_view text) {
    std::vector<std::string> rows;
    auto parsed =
        parser.parse({.bytes = text, .owner = nullptr, .is_first = true, .is_last = true});
    if (!parsed.ok() || parsed->consumed_bytes != text.size()) std::abort();
    for (const page::Page& page : parsed->pages) {
        for (size_t row = 0; row < page.rows(); ++row) {
            const page::ColumnData& a = page.column(0);
            const page::ColumnData& b = page.column(1);
            rows.push_back((a.is_null(row) ? "~" : std::string(a.texts()[row])) + '\x01' +
                           (b.is_null(row) ? "~" : std::to_string(b.longs()[row])));
        }
    }
    return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    JsonLinesParser quick(table(), {});
    JsonLinesParser exact(table(), {.charset = "", .uses_fast = false});
    for (size_t begin = 0; begin < text.size();) {
        size_t end = std::min(text.find('\n', begin), text.size());
        std::string_view line = text.substr(begin, end - begin);
        if (read(quick, line) != read(exact, line)) std::abort();
        // The same where enough bytes follow: such lines are read where they lie.
        std::string padded = std::string(line) + "\n{\"a\":\"" + std::string(80, 'x') + "\"}\n";
        if (read(quick, padded) != read(exact, padded)) std::abort();
        begin = end + 1;
    }
    read(quick, text);
    return 0;
}
