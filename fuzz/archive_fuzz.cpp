// Project archives on any bytes, taken for the tar inside the gzip: whatever is extracted stays in
// its folder, and no link there leads out of it.

#include "workflow/workflow.h"

#include <stdlib.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace {

namespace fs = std::filesystem;

void require(bool condition) {
    if (!condition) std::abort();
}

// CRC-32 as gzip has it.
uint32_t checksum(std::string_view bytes) {
    uint32_t sum = ~0U;
    for (unsigned char byte : bytes) {
        sum ^= byte;
        for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1) != 0 ? 0xEDB88320U : 0);
    }
    return ~sum;
}

void append_number(std::string& out, uint32_t number, int bytes) {
    for (int byte = 0; byte < bytes; ++byte) out += static_cast<char>(number >> (8 * byte));
}

// Stored, not compressed: mutations of the input are mutations of the tar.
std::string gzip(std::string_view bytes) {
    std::string out("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    for (size_t at = 0; at == 0 || at < bytes.size();) {
        size_t length = std::min<size_t>(bytes.size() - at, 65'535);
        bool is_last = at + length == bytes.size();
        out += is_last ? '\1' : '\0';
        append_number(out, static_cast<uint32_t>(length), 2);
        append_number(out, ~static_cast<uint32_t>(length), 2);
        out += bytes.substr(at, length);
        at += length;
        if (is_last) break;
    }
    append_number(out, checksum(bytes), 4);
    append_number(out, static_cast<uint32_t>(bytes.size()), 4);
    return out;
}

bool is_below(const fs::path& path, const fs::path& folder) {
    const fs::path relative = path.lexically_relative(folder);
    return !relative.empty() && *relative.begin() != "..";
}

const fs::path& playground() {
    static const fs::path kFolder = [] {
        std::string place = (fs::temp_directory_path() / "archive_fuzz-XXXXXX").string();
        require(::mkdtemp(place.data()) != nullptr);
        return fs::canonical(place);
    }();
    return kFolder;
}

void check_links(const fs::path& target) {
    for (const auto& entry : fs::recursive_directory_iterator(target)) {
        if (!entry.is_symlink()) continue;
        std::error_code goes_round;
        const fs::path end = fs::weakly_canonical(entry.path(), goes_round);
        if (!goes_round) require(is_below(end, target));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace mogura;
    const std::string archive = gzip({reinterpret_cast<const char*>(data), size});
    base::TextSource listed(archive);
    auto list = workflow::list_archive(listed, {});

    const fs::path target = playground() / "target";
    base::TextSource extracted(archive);
    auto totals = workflow::extract_archive(extracted, target.string(), {.bytes_max = 1 << 16});
    if (totals.ok()) {
        require(list.ok() && list->entries == totals->entries && list->bytes == totals->bytes);
        require(totals->bytes <= 1 << 16);
    }
    for (const auto& entry : fs::directory_iterator(playground())) require(entry.path() == target);
    if (fs::exists(target)) check_links(target);
    fs::remove_all(target);
    return 0;
}
