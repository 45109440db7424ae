// A project as one file: a tar.gz of its files and symbolic links (spec digdag 1.8).
//
// Writing takes what belongs to the project: no name that begins with a dot, nothing that
// .digdagignore names. The same files give the same bytes: names are sorted, times and owners are
// left out. Reading trusts nobody: an archive may come from anywhere.
//
//     auto sink = TRY(base::open_sink("daily.tar.gz"));
//     auto totals = TRY(write_archive("/home/ann/daily", *sink, {}));
//     TRY(sink->finish());
//
//     auto source = TRY(base::open_source("daily.tar.gz"));
//     auto totals = TRY(extract_archive(*source, "/srv/daily", {}));
//
// Any thread. An archive that is damaged or that holds what it must not is kInvalid, one beyond
// the limits kLimit.

#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace mogura::workflow {

// Digdag's api.max_archive_total_size_limit: what a server takes.
inline constexpr int64_t kArchiveBytesMax = 2 * 1024 * 1024;
// Entries and folders together.
inline constexpr int64_t kArchiveEntriesMax = 100'000;

struct ArchiveEntry {
    std::string name;  // below the project's folder: "queries/daily.sql"
    // Where a symbolic link leads, seen from the folder that it is in; empty for files.
    std::string link_target = {};
    int64_t size_bytes = 0;
    unsigned mode = 0;       // rwx for owner, group and others
    bool is_folder = false;  // never written, and told to nobody; others' archives have them
};

// Called for every file and link, in the order of the archive.
using SeeEntry = std::function<void(const ArchiveEntry&)>;

struct ArchiveTotals {
    int64_t entries = 0;
    int64_t bytes = 0;  // of files, as they are outside of the archive
};

struct ArchiveContents {
    // Store what a link out of the project leads to. Without it such a link is an error.
    bool copy_outgoing_symlinks = false;
    // Files that do not belong in: the archive itself, and what it is made of.
    std::vector<std::string> leave_out = {};
    SeeEntry see = {};
};
Result<ArchiveTotals> write_archive(const std::string& folder, base::ByteSink& sink,
                                    const ArchiveContents& contents);

struct ArchiveLimits {
    // Of all files together, and so of each.
    int64_t bytes_max = kArchiveBytesMax;
    int64_t entries_max = kArchiveEntriesMax;
    std::string remedy = {};  // for the message: how to raise it
};

// What is in it; nothing is written.
Result<ArchiveTotals> list_archive(base::ByteSource& bytes, const SeeEntry& see);

// Files with their rwx bits, links, and the folders that these need, below `folder`, which is made
// when it is missing. What is there under the same names is replaced. Nothing outside of `folder`
// is touched, whatever the archive holds: names and links that lead out, names that lead through a
// link, hard links and devices are refused. After an error a part of the files may be there.
Result<ArchiveTotals> extract_archive(base::ByteSource& bytes, const std::string& folder,
                                      const ArchiveLimits& limits, const SeeEntry& see = {});

}  // namespace mogura::workflow
