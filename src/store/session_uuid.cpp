#include "store/session_uuid.h"

#include <fmt/format.h>

#include <cstdint>
#include <random>

namespace mogura::store {

std::string make_session_uuid() {
    std::random_device device;
    auto number = [&] { return (uint64_t{device()} << 32) | device(); };
    uint64_t high = (number() & ~uint64_t{0xf000}) | 0x4000;
    uint64_t low = (number() >> 2) | (uint64_t{1} << 63);
    return fmt::format("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xffff,
                       high & 0xffff, low >> 48, low & 0xffffffffffff);
}

}  // namespace mogura::store
