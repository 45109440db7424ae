// A project's files as a tar.gz.

#include "base/file.h"
#include "workflow/archive.h"
#include "workflow/archive_library.h"
#include "workflow/project_files.h"

#include <memory>
#include <optional>
#include <vector>

namespace mogura::workflow {
namespace {

class ArchiveWriter {
  public:
    ArchiveWriter(const ArchiveLibrary& library, base::ByteSink& sink)
        : library_(library), sink_(sink), archive_(library.write_new()) {}
    ~ArchiveWriter() { library_.write_free(archive_); }
    ArchiveWriter(const ArchiveWriter&) = delete;
    ArchiveWriter& operator=(const ArchiveWriter&) = delete;

    Result<> begin() {
        library_.write_set_pax(archive_);
        library_.write_add_gzip(archive_);
        // Neither the time of writing nor padding: the same files are the same bytes.
        library_.write_set_filter_option(archive_, "gzip", "timestamp", nullptr);
        library_.write_set_bytes_in_last_block(archive_, 1);
        return checked(library_.write_open(archive_, this, nullptr, take, nullptr));
    }

    Result<> add(const ProjectFile& file) {
        std::unique_ptr<struct ::archive_entry, decltype(library_.entry_free)> entry(
            library_.entry_new(), library_.entry_free);
        library_.entry_set_pathname(entry.get(), file.entry.name.c_str());
        library_.entry_set_perm(entry.get(), file.entry.mode);
        library_.entry_set_mtime(entry.get(), 0, 0);
        if (file.entry.link_target.empty()) {
            library_.entry_set_filetype(entry.get(), AE_IFREG);
            library_.entry_set_size(entry.get(), file.entry.size_bytes);
        } else {
            library_.entry_set_filetype(entry.get(), AE_IFLNK);
            library_.entry_set_symlink(entry.get(), file.entry.link_target.c_str());
        }
        TRY(checked(library_.write_header(archive_, entry.get())));
        if (file.entry.link_target.empty()) TRY(add_bytes(file));
        return {};
    }

    Result<> finish() { return checked(library_.write_close(archive_)); }

  private:
    static la_ssize_t take(struct ::archive*, void* self, const void* bytes, size_t count) {
        auto& writer = *static_cast<ArchiveWriter*>(self);
        auto written = writer.sink_.write({static_cast<const char*>(bytes), count});
        if (written.ok()) return static_cast<la_ssize_t>(count);
        writer.sink_error_ = written.error();
        return ARCHIVE_FATAL;
    }

    Result<> checked(int code) const {
        if (archive_accepts(code)) return {};
        if (sink_error_) return *sink_error_;
        const char* reason = library_.error_string(archive_);
        return Error(Code::kInternal,
                     "cannot write the archive: " + std::string(reason ? reason : "no reason"));
    }

    Result<> add_bytes(const ProjectFile& file) {
        auto source = TRY(base::open_source(file.path));
        int64_t left = file.entry.size_bytes;
        while (true) {
            size_t count = TRY(source->read(buffer_));
            left -= static_cast<int64_t>(count);
            if (left < 0 || (count == 0 && left > 0)) {
                return Error(Code::kConflict, file.path +
                                                  ": it changed while it was read (try again when "
                                                  "nobody writes to it)");
            }
            if (count == 0) return {};
            la_ssize_t written = library_.write_data(archive_, buffer_.data(), count);
            if (written < 0) TRY(checked(ARCHIVE_FATAL));
        }
    }

    const ArchiveLibrary& library_;
    base::ByteSink& sink_;
    struct ::archive* archive_;
    std::optional<Error> sink_error_;
    std::vector<char> buffer_ = std::vector<char>(64 * 1024);
};

}  // namespace

Result<ArchiveTotals> write_archive(const std::string& folder, base::ByteSink& sink,
                                    const ArchiveContents& contents) {
    const ArchiveLibrary* library = TRY(open_archive_library());
    auto files = TRY(project_files(folder, contents));
    ArchiveWriter writer(*library, sink);
    TRY(writer.begin());
    ArchiveTotals totals;
    for (const ProjectFile& file : files) {
        if (contents.see) contents.see(file.entry);
        TRY(writer.add(file));
        ++totals.entries;
        totals.bytes += file.entry.size_bytes;
    }
    TRY(writer.finish());
    return totals;
}

}  // namespace mogura::workflow
