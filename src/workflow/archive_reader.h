// The entries of a tar.gz one after the other, each checked before anybody sees it: where its name
// and its link lead, what kind it is, how large it says it is. Private to this room.

#pragma once

#include "workflow/archive.h"
#include "workflow/archive_library.h"
#include "workflow/gzip_source.h"

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mogura::workflow {

// "Archive includes an invalid entry: NAME (reason)".
Error invalid_archive_entry(std::string_view name, std::string_view reason);

class ArchiveReader {
  public:
    // `bytes` outlives this.
    static Result<std::unique_ptr<ArchiveReader>> open(base::ByteSource& bytes,
                                                       const ArchiveLimits& limits);
    ~ArchiveReader();
    ArchiveReader(const ArchiveReader&) = delete;
    ArchiveReader& operator=(const ArchiveReader&) = delete;

    // Nothing at the end, when the checksum is right too. The name of an entry is in its shortest
    // form, and a link's target as well; it is never the folder itself.
    Result<std::optional<ArchiveEntry>> next();
    // Bytes of the entry that next() gave; 0 at their end.
    Result<size_t> read(std::span<char> buffer);

    // Entries so far, and the bytes that they say they have.
    const ArchiveTotals& totals() const { return totals_; }
    // One more thing that the archive makes.
    Result<> count_entry();

  private:
    ArchiveReader(const ArchiveLibrary& library, std::unique_ptr<GzipSource> source,
                  const ArchiveLimits& limits);
    static la_ssize_t feed(struct ::archive* archive, void* self, const void** block);
    Error failure() const;
    Result<ArchiveEntry> checked(struct ::archive_entry* entry);
    Result<> check_size(const ArchiveEntry& entry);
    Result<> finish();

    const ArchiveLibrary& library_;
    std::unique_ptr<GzipSource> source_;
    const ArchiveLimits limits_;
    struct ::archive* archive_;
    std::array<char, 64 * 1024> block_{};
    std::optional<Error> source_error_;
    ArchiveTotals totals_;
};

}  // namespace mogura::workflow
