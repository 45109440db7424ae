// One column of a row group as Parquet's pages: levels, values, dictionary, compression.
//
//     page::Type                                 in the file
//     boolean, long, double                      BOOLEAN, INT64, DOUBLE
//     string, json                               BYTE_ARRAY (STRING, JSON)
//     timestamp                                  INT64 (TIMESTAMP, micro- or nanoseconds, no zone)
//
// Every column is optional. Longs, timestamps and texts that repeat stand in a dictionary
// (RLE_DICTIONARY), everything else value by value (PLAIN). Data pages are of version 1, which all
// readers know, and hold about a MiB each. Source of the format: the specification of Apache
// Parquet (parquet-format 2.10).

#pragma once

#include "base/result.h"
#include "page/page.h"
#include "plugins/formatter/parquet/codec.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mogura::plugins::parquet {

struct Packing {
    Codec codec = Codec::kSnappy;
    int level = 1;
    bool nanoseconds = false;  // otherwise timestamps are cut to microseconds
};

// The numbers are those of the format.
enum class PhysicalType : int32_t { kBoolean = 0, kInt64 = 2, kDouble = 5, kByteArray = 6 };
PhysicalType physical_type(page::Type type);

// Some rows of a page that others use too.
struct Slice {
    std::shared_ptr<const page::Page> page;
    size_t first = 0;
    size_t rows = 0;
};

struct Group {
    std::vector<Slice> slices = {};
    size_t rows = 0;
    size_t text_bytes = 0;
};

struct ColumnChunk {
    std::string bytes;               // all pages with their headers
    int64_t dictionary_offset = -1;  // in `bytes`; -1: no dictionary
    int64_t data_offset = 0;         // in `bytes`
    int64_t unpacked_bytes = 0;      // with headers, as the format counts it
    int64_t nulls = 0;
    // The smallest and largest value in their PLAIN form, when they are worth writing.
    bool has_range = false;
    std::string smallest;
    std::string largest;
};

Result<ColumnChunk> encode_column(const Group& group, size_t column, const Packing& packing);

}  // namespace mogura::plugins::parquet
