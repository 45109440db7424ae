#include "snapshot/memory.h"

#include "base/file.h"

#include <sys/mman.h>

#include <cstring>

namespace mogura::snapshot {

Result<std::unique_ptr<Memory>> Memory::copy(std::string_view bytes) {
    constexpr size_t kHugePage = size_t{2} << 20;
    constexpr size_t kPage = 4096;
    // Small tables would waste most of a huge page.
    const size_t unit = bytes.size() < kHugePage ? kPage : kHugePage;
    const size_t wanted = (bytes.size() / unit + 1) * unit;
    const size_t spare = unit == kHugePage ? kHugePage : 0;  // for a beginning at a huge page
    void* map =
        ::mmap(nullptr, wanted + spare, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) {
        return Error(Code::kLimit, "a table of " + std::to_string(bytes.size()) +
                                       " bytes does not fit into the memory");
    }
    char* data = static_cast<char*>(map);
    if (spare > 0) {
        const size_t past = reinterpret_cast<uintptr_t>(data) % kHugePage;
        const size_t front = past == 0 ? 0 : kHugePage - past;
        if (front > 0) ::munmap(data, front);
        if (front < spare) ::munmap(data + front + wanted, spare - front);
        data += front;
        ::madvise(data, wanted, MADV_HUGEPAGE);  // a system without them serves as well
    }
    if (!bytes.empty()) std::memcpy(data, bytes.data(), bytes.size());
    ::mprotect(data, wanted, PROT_READ);
    return std::unique_ptr<Memory>(new Memory(data, bytes.size(), wanted));
}

Result<std::unique_ptr<Memory>> Memory::read(const std::string& path) {
    auto file = TRY(base::MappedFile::open(path));
    return copy(file->bytes());
}

Memory::~Memory() {
    ::munmap(data_, reserved_);
}

}  // namespace mogura::snapshot
