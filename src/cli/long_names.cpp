#include "cli/long_names.h"

#include "base/utf8.h"

#include <cstdint>
#include <cstdio>

namespace mogura::cli {
namespace {

constexpr char kMark = '~';
constexpr size_t kDigestBytes = 16;

// FNV-1a, 64 bits.
std::string digest(const std::string& text) {
    uint64_t hash = 0xcbf29ce484222325;
    for (char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
    char digits[kDigestBytes + 1];
    std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(hash));
    return digits;
}

}  // namespace

std::string fitting_name(const std::string& full_name, size_t bytes_max) {
    if (full_name.size() <= bytes_max) return full_name;
    size_t end = bytes_max - 1 - kDigestBytes;
    while (end > 0 && base::continues_utf8(full_name[end])) --end;
    return full_name.substr(0, end) + kMark + digest(full_name);
}

bool is_shortened(const std::string& name) {
    return name.size() > kDigestBytes && name[name.size() - 1 - kDigestBytes] == kMark;
}

}  // namespace mogura::cli
