// The end of a Parquet file: its schema and where everything stands.

#pragma once

#include "page/page.h"
#include "plugins/formatter/parquet/column.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mogura::plugins::parquet {

// What the footer says of a column chunk; its bytes are written by then.
struct PlacedChunk {
    int64_t offset = 0;  // in the file
    int64_t packed_bytes = 0;
    ColumnChunk chunk;
};

struct PlacedGroup {
    int64_t rows = 0;
    std::vector<PlacedChunk> columns = {};
};

inline constexpr const char* kMagic = "PAR1";

// With its length and the magic word behind it.
std::string footer(const page::Schema& schema, const std::vector<PlacedGroup>& groups,
                   const Packing& packing);

}  // namespace mogura::plugins::parquet
