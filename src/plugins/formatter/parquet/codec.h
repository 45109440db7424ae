// Compression of Parquet's pages, one call a page.

#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mogura::plugins::parquet {

// The numbers are those of the format.
enum class Codec : int32_t { kUncompressed = 0, kSnappy = 1, kGzip = 2, kZstd = 6, kLz4 = 7 };

// By the names of the option; the first is the default.
const std::vector<std::string>& codec_names();
Codec codec_of(const std::string& name);

// Appends `bytes`, packed, to `target`. `level` is for zstd.
Result<> pack(Codec codec, int level, std::string_view bytes, std::string& target);

}  // namespace mogura::plugins::parquet
