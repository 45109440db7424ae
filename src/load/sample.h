// The beginning of a file input's files, which guess and preview look at (spec embulk 1.12.2).

#pragma once

#include "base/result.h"
#include "load/input.h"
#include "load/plugin_choice.h"
#include "load/plugins.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace mogura::load {

struct Sample {
    FileEntry file;
    std::string bytes;      // before decoding
    bool is_whole = false;  // the whole file
};

// Up to `bytes_max` bytes of the first file that has 40 of them, else of the largest one. Fails
// when there is no file, or only empty ones.
Result<Sample> read_sample(FileInput& input, size_t bytes_max);

// What the decoders (in.decoders) make of the bytes. Compressed bytes that were cut end with an
// error; what came before it counts.
Result<std::string> decode_sample(std::string_view bytes, const PluginConfig& in,
                                  const Plugins& plugins, const Context& context);

// exec.KEY, or 32768. Fails below 41.
Result<size_t> sample_bytes_max(const config::Map& config, const std::string& file,
                                std::string_view key);

}  // namespace mogura::load
