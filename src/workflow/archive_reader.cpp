#include "workflow/archive_reader.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <utility>

namespace mogura::workflow {
namespace {

namespace fs = std::filesystem;

constexpr size_t kNameBytesMax = 4096;
// Zeros may stand behind the last entry.
constexpr size_t kPaddingBytesMax = 64 << 20;

// Names of strangers, for one line of a terminal.
std::string shown(std::string_view name) {
    constexpr size_t kShownMax = 200;
    std::string text(name.substr(0, kShownMax));
    for (char& character : text) {
        if (static_cast<unsigned char>(character) < ' ' || character == 0x7f) character = '?';
    }
    return name.size() > kShownMax ? text + "..." : text;
}

// The shortest form of a path that begins at the archive's own folder, which is ""; nothing when it
// leads out.
std::optional<std::string> inside(const fs::path& path) {
    if (path.empty() || path.is_absolute()) return {};
    std::string normal = path.lexically_normal().string();
    while (normal.ends_with('/')) normal.pop_back();
    if (normal == ".." || normal.starts_with("../")) return {};
    return normal == "." ? std::string() : normal;
}

Result<std::string> checked_name(const char* name) {
    if (!name || !*name) return invalid_archive_entry("", "it has no name");
    if (std::string_view(name).size() > kNameBytesMax) {
        return invalid_archive_entry(name, "its name is too long");
    }
    auto normal = inside(name);
    if (!normal) return invalid_archive_entry(name, "it leads out of the archive's folder");
    return *normal;
}

// Only the shortest form is safe to follow: in "link/../x" the dots would begin where the link
// leads to.
Result<std::string> checked_target(const std::string& name, const char* target) {
    auto fail = [&](const char* reason) {
        return Error(Code::kInvalid, "Archive includes an invalid symlink: " + shown(name) +
                                         " -> " + shown(target ? target : "") + " (" + reason +
                                         ")");
    };
    if (!target || !*target) return fail("it leads nowhere");
    if (std::string_view(target).size() > kNameBytesMax) return fail("its target is too long");
    const fs::path parent = fs::path(name).parent_path();
    if (fs::path(target).is_absolute()) return fail("it leads out of the archive's folder");
    auto normal = inside(parent / target);
    if (!normal) return fail("it leads out of the archive's folder");
    std::string relative = fs::path(*normal).lexically_relative(parent).string();
    return relative.empty() ? std::string(".") : relative;
}

std::string compared(int64_t size_bytes, int64_t bytes_max) {
    return "(" + std::to_string(size_bytes) + " > " + std::to_string(bytes_max) + " bytes)";
}

}  // namespace

Error invalid_archive_entry(std::string_view name, std::string_view reason) {
    return {Code::kInvalid,
            "Archive includes an invalid entry: " + shown(name) + " (" + std::string(reason) + ")"};
}

ArchiveReader::ArchiveReader(const ArchiveLibrary& library, std::unique_ptr<GzipSource> source,
                             const ArchiveLimits& limits)
    : library_(library),
      source_(std::move(source)),
      limits_(limits),
      archive_(library.read_new()) {}

ArchiveReader::~ArchiveReader() {
    library_.read_free(archive_);
}

Result<std::unique_ptr<ArchiveReader>> ArchiveReader::open(base::ByteSource& bytes,
                                                           const ArchiveLimits& limits) {
    const ArchiveLibrary* library = TRY(open_archive_library());
    auto source = TRY(GzipSource::open(bytes));
    std::unique_ptr<ArchiveReader> reader(new ArchiveReader(*library, std::move(source), limits));
    library->read_support_tar(reader->archive_);
    int code = library->read_open(reader->archive_, reader.get(), nullptr, feed, nullptr);
    if (!archive_accepts(code)) return reader->failure();
    return reader;
}

la_ssize_t ArchiveReader::feed(struct ::archive*, void* self, const void** block) {
    auto& reader = *static_cast<ArchiveReader*>(self);
    auto count = reader.source_->read(reader.block_);
    if (!count.ok()) {
        reader.source_error_ = count.error();
        return ARCHIVE_FATAL;
    }
    *block = reader.block_.data();
    return static_cast<la_ssize_t>(*count);
}

Error ArchiveReader::failure() const {
    if (source_error_) return *source_error_;
    const char* reason = library_.error_string(archive_);
    return {Code::kInvalid,
            "is no tar archive, or is damaged: " + std::string(reason ? reason : "unknown reason")};
}

Result<std::optional<ArchiveEntry>> ArchiveReader::next() {
    while (true) {
        struct ::archive_entry* raw = nullptr;
        int code = library_.read_next_header(archive_, &raw);
        if (code == ARCHIVE_EOF) {
            TRY(finish());
            return std::optional<ArchiveEntry>();
        }
        if (!archive_accepts(code)) return failure();
        ArchiveEntry entry = TRY(checked(raw));
        TRY(count_entry());
        if (entry.name.empty()) continue;  // "./", the folder itself
        TRY(check_size(entry));
        return std::optional<ArchiveEntry>(std::move(entry));
    }
}

Result<ArchiveEntry> ArchiveReader::checked(struct ::archive_entry* raw) {
    ArchiveEntry entry;
    entry.name = TRY(checked_name(library_.entry_pathname(raw)));
    const auto type = library_.entry_filetype(raw);
    if (library_.entry_hardlink(raw) ||
        (type != AE_IFREG && type != AE_IFLNK && type != AE_IFDIR)) {
        return invalid_archive_entry(entry.name,
                                     "only files, folders and symbolic links belong there");
    }
    entry.is_folder = type == AE_IFDIR;
    if (entry.name.empty() && !entry.is_folder) {
        return invalid_archive_entry(".", "it takes the place of the archive's folder");
    }
    entry.mode = static_cast<unsigned>(library_.entry_perm(raw)) & 0777;
    if (type == AE_IFLNK) {
        entry.link_target = TRY(checked_target(entry.name, library_.entry_symlink(raw)));
    }
    if (type == AE_IFREG) entry.size_bytes = library_.entry_size(raw);
    return entry;
}

Result<> ArchiveReader::count_entry() {
    if (++totals_.entries <= limits_.entries_max) return {};
    return Error(Code::kLimit, "Archive includes more than " + std::to_string(limits_.entries_max) +
                                   " files and folders");
}

Result<> ArchiveReader::check_size(const ArchiveEntry& entry) {
    if (entry.size_bytes < 0) return invalid_archive_entry(entry.name, "its size is negative");
    std::string remedy = limits_.remedy.empty() ? "" : " (" + limits_.remedy + ")";
    if (entry.size_bytes > limits_.bytes_max) {
        return Error(Code::kLimit, "Size of a file in the archive exceeds limit " +
                                       compared(entry.size_bytes, limits_.bytes_max) + ": " +
                                       shown(entry.name) + remedy);
    }
    int64_t left = limits_.bytes_max - totals_.bytes;
    if (entry.size_bytes > left) {
        // The sum itself may be beyond what a number holds.
        int64_t beyond = entry.size_bytes - left;
        int64_t most = std::numeric_limits<int64_t>::max() - limits_.bytes_max;
        return Error(Code::kLimit,
                     "Total size of the archive exceeds limit " +
                         compared(limits_.bytes_max + std::min(beyond, most), limits_.bytes_max) +
                         remedy);
    }
    totals_.bytes += entry.size_bytes;
    return {};
}

Result<size_t> ArchiveReader::read(std::span<char> buffer) {
    la_ssize_t count = library_.read_data(archive_, buffer.data(), buffer.size());
    if (count < 0) return failure();
    return static_cast<size_t>(count);
}

// To the end of the compressed bytes, where the checksum is.
Result<> ArchiveReader::finish() {
    size_t padding = 0;
    while (true) {
        size_t count = TRY(source_->read(block_));
        if (count == 0) return {};
        padding += count;
        if (padding > kPaddingBytesMax) {
            return Error(Code::kInvalid, "is damaged: too much stands behind the last entry");
        }
    }
}

Result<ArchiveTotals> list_archive(base::ByteSource& bytes, const SeeEntry& see) {
    auto reader =
        TRY(ArchiveReader::open(bytes, {.bytes_max = std::numeric_limits<int64_t>::max()}));
    ArchiveTotals totals;
    while (true) {
        auto entry = TRY(reader->next());
        if (!entry) return totals;
        if (entry->is_folder) continue;
        ++totals.entries;
        totals.bytes += entry->size_bytes;
        if (see) see(*entry);
    }
}

}  // namespace mogura::workflow
