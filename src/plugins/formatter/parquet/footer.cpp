#include "plugins/formatter/parquet/footer.h"

#include "plugins/formatter/parquet/thrift.h"

#include <numeric>

namespace mogura::plugins::parquet {
namespace {

constexpr int32_t kOptional = 1;
constexpr int32_t kUtf8 = 0;
constexpr int32_t kJson = 19;

void logical_type(Thrift& out, page::Type type, bool nanoseconds) {
    auto empty = [&](int field) {
        out.begin(field);
        out.end();
    };
    switch (type) {
        case page::Type::kString:
            out.integer(6, kUtf8);
            out.begin(10);
            empty(1);
            out.end();
            break;
        case page::Type::kJson:
            out.integer(6, kJson);
            out.begin(10);
            empty(12);
            out.end();
            break;
        case page::Type::kTimestamp:
            out.begin(10);
            out.begin(8);
            out.boolean(1, false);  // not adjusted to UTC: no zone attached
            out.begin(2);
            empty(nanoseconds ? 3 : 2);
            out.end();
            out.end();
            out.end();
            break;
        case page::Type::kBoolean:
        case page::Type::kLong:
        case page::Type::kDouble:
            break;
    }
}

void schema_elements(Thrift& out, const page::Schema& schema, bool nanoseconds) {
    out.begin_list(2, Thrift::kStruct, schema.size() + 1);
    out.begin_element();
    out.binary(4, "schema");
    out.integer(5, static_cast<int32_t>(schema.size()));
    out.end();
    for (const page::Column& column : schema.columns()) {
        out.begin_element();
        out.integer(1, static_cast<int32_t>(physical_type(column.type)));
        out.integer(3, kOptional);
        out.binary(4, column.name);
        logical_type(out, column.type, nanoseconds);
        out.end();
    }
}

void statistics(Thrift& out, const ColumnChunk& chunk) {
    out.begin(12);
    out.big_integer(3, chunk.nulls);
    if (chunk.has_range) {
        out.binary(5, chunk.largest);
        out.binary(6, chunk.smallest);
    }
    out.end();
}

void column_chunk(Thrift& out, const page::Column& column, const PlacedChunk& placed, int64_t rows,
                  Codec codec) {
    const ColumnChunk& chunk = placed.chunk;
    const bool has_dictionary = chunk.dictionary_offset >= 0;
    out.begin_element();
    out.big_integer(2, placed.offset);
    out.begin(3);
    out.integer(1, static_cast<int32_t>(physical_type(column.type)));
    out.begin_list(2, Thrift::kI32, has_dictionary ? 3 : 2);
    out.element(int32_t{0});  // PLAIN
    out.element(int32_t{3});  // RLE
    if (has_dictionary) out.element(int32_t{8});
    out.begin_list(3, Thrift::kBinary, 1);
    out.element(std::string_view(column.name));
    out.integer(4, static_cast<int32_t>(codec));
    out.big_integer(5, rows);
    out.big_integer(6, chunk.unpacked_bytes);
    out.big_integer(7, placed.packed_bytes);
    out.big_integer(9, placed.offset + chunk.data_offset);
    if (has_dictionary) out.big_integer(11, placed.offset + chunk.dictionary_offset);
    statistics(out, chunk);
    out.end();
    out.end();
}

void row_group(Thrift& out, const page::Schema& schema, const PlacedGroup& group, Codec codec) {
    int64_t unpacked = 0;
    int64_t packed = 0;
    out.begin_element();
    out.begin_list(1, Thrift::kStruct, group.columns.size());
    for (size_t index = 0; index < group.columns.size(); ++index) {
        const PlacedChunk& placed = group.columns[index];
        column_chunk(out, schema[index], placed, group.rows, codec);
        unpacked += placed.chunk.unpacked_bytes;
        packed += placed.packed_bytes;
    }
    out.big_integer(2, unpacked);
    out.big_integer(3, group.rows);
    if (!group.columns.empty()) out.big_integer(5, group.columns.front().offset);
    out.big_integer(6, packed);
    out.end();
}

}  // namespace

std::string footer(const page::Schema& schema, const std::vector<PlacedGroup>& groups,
                   const Packing& packing) {
    Thrift out;
    out.integer(1, 2);  // version of the format
    schema_elements(out, schema, packing.nanoseconds);
    out.big_integer(
        3, std::accumulate(groups.begin(), groups.end(), int64_t{0},
                           [](int64_t sum, const PlacedGroup& group) { return sum + group.rows; }));
    out.begin_list(4, Thrift::kStruct, groups.size());
    for (const PlacedGroup& group : groups) row_group(out, schema, group, packing.codec);
    out.binary(6, "mogura");
    // The order of statistics is that of the types.
    out.begin_list(7, Thrift::kStruct, schema.size());
    for (size_t index = 0; index < schema.size(); ++index) {
        out.begin_element();
        out.begin(1);
        out.end();
        out.end();
    }
    out.end();
    std::string bytes = out.bytes();
    auto size = static_cast<uint32_t>(bytes.size());
    bytes.append(reinterpret_cast<const char*>(&size), sizeof size);
    bytes += kMagic;
    return bytes;
}

}  // namespace mogura::plugins::parquet
