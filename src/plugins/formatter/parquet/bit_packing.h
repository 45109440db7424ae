// Parquet's two ways of packing small numbers: bit by bit, and runs of one value.

#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace mogura::plugins::parquet {

// Bits that the number needs, at least one.
int bits_of(uint32_t number);

// A run of `count` times `value`, in `bits` bits each.
void append_run(std::string& target, uint32_t value, int bits, size_t count);

// One run of numbers packed bit by bit, the last byte group filled up with zeros.
void append_packed(std::string& target, std::span<const uint32_t> numbers, int bits);

// A bit for each byte of `flags`, lowest first, without a run's header.
void append_bits(std::string& target, std::span<const uint8_t> flags);

}  // namespace mogura::plugins::parquet
