// Snapshot files. The input's checksums are made right first, so that damage reaches the code
// behind them; then every row that the reader accepts is read in every way.

#include "snapshot/snapshot.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

using mogura::page::Type;
using mogura::snapshot::Header;
using mogura::snapshot::Row;
using mogura::snapshot::Table;

// What a file of these bytes would look like if its writer had meant it.
std::string repaired(const uint8_t* bytes, size_t size) {
    std::string file(reinterpret_cast<const char*>(bytes), size);
    if (size < sizeof(Header)) return file;
    Header header;
    std::memcpy(&header, file.data(), sizeof header);
    std::memcpy(header.magic, mogura::snapshot::kMagic.data(), sizeof header.magic);
    header.version = mogura::snapshot::kVersion;
    header.header_bytes = sizeof(Header);
    header.file_bytes = size;
    header.body_checksum =
        mogura::snapshot::checksum_of(std::string_view(file).substr(sizeof(Header)));
    std::memcpy(file.data(), &header, sizeof header);
    header.header_checksum = mogura::snapshot::checksum_of(
        std::string_view(file).substr(0, offsetof(Header, header_checksum)));
    std::memcpy(file.data(), &header, sizeof header);
    return file;
}

void look_up(const Table& table, const Row& row) {
    const size_t key = table.key_column();
    if (table.schema()[key].type == Type::kLong) {
        const int64_t keys[] = {row.long_at(key), row.long_at(key) + 1};
        (void)table.find(keys[0]);
        table.find_many(keys, [](size_t, const auto&) {});
    } else {
        (void)table.find(row.text_at(key));
    }
}

// A file that a builder wrote, for inputs too short to be one: a beginning for mutations.
std::string example(bool with_texts, int64_t rows) {
    std::vector<mogura::page::Column> columns = {{.name = "id", .type = Type::kLong},
                                                 {.name = "n", .type = Type::kTimestamp}};
    if (with_texts) columns.push_back({.name = "t", .type = Type::kString});
    mogura::page::Schema schema(columns);
    mogura::page::Builder page(schema);
    for (int64_t row = 0; row < rows; ++row) {
        page.set_long(0, row);
        page.set_timestamp(1, {.seconds = row, .nanoseconds = 5});
        if (with_texts) page.set_text(2, "text");
        page.end_row();
    }
    const bool by_text = with_texts && rows < 2;
    auto builder = mogura::snapshot::Builder::create(
        schema, {.table = "t", .key = by_text ? "t" : "id", .created_at = {}});
    if (!builder->add(page.finish()).ok()) std::abort();
    return *builder->finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
    auto table = Table::from_bytes(repaired(bytes, size), "f");
    if (!table.ok()) return 0;
    (void)(*table)->find(std::string_view("1"));
    (void)(*table)->find(int64_t{7});
    uint64_t seen = 0;
    (*table)->each([&](const Row& row) {
        std::string json;
        row.append_json(json);
        look_up(**table, row);
        return ++seen < 1000;
    });
    if (seen != std::min<uint64_t>((*table)->rows(), 1000)) std::abort();
    return 0;
}

// Gives short inputs a whole file to begin from, and otherwise mutates as usual.
extern "C" size_t LLVMFuzzerMutate(uint8_t* bytes, size_t size, size_t size_max);
extern "C" size_t LLVMFuzzerCustomMutator(uint8_t* bytes, size_t size, size_t size_max,
                                          unsigned seed) {
    if (size >= sizeof(Header)) return LLVMFuzzerMutate(bytes, size, size_max);
    const std::string file = example(seed % 2 == 0, seed / 2 % 20);
    if (file.size() > size_max) return LLVMFuzzerMutate(bytes, size, size_max);
    std::memcpy(bytes, file.data(), file.size());
    return file.size();
}
