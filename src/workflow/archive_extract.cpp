// Archives into folders. Every folder is entered by its descriptor and never through a link, so
// that nothing that the archive planted earlier, nor what was there before, can lead elsewhere.

#include "base/file.h"
#include "workflow/archive.h"
#include "workflow/archive_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <map>
#include <vector>

namespace mogura::workflow {
namespace {

namespace fs = std::filesystem;

class Extraction {
  public:
    Extraction(ArchiveReader& reader, std::string folder, base::Descriptor root)
        : reader_(reader), folder_(std::move(folder)), root_(std::move(root)) {}

    Result<> add(const ArchiveEntry& entry) {
        if (entry.is_folder) {
            base::Descriptor made = TRY(enter_all(fs::path(entry.name), entry.name));
            folder_modes_[entry.name] = entry.mode;
            return {};
        }
        const fs::path path = entry.name;
        base::Descriptor parent = TRY(enter_all(path.parent_path(), entry.name));
        const std::string leaf = path.filename().string();
        TRY(make_room(parent.get(), leaf, entry.name));
        return entry.link_target.empty() ? add_file(parent.get(), leaf, entry)
                                         : add_link(parent.get(), leaf, entry);
    }

    // Folders get their rights last, the inner ones first: they may forbid to write there.
    Result<> finish() {
        for (auto folder = folder_modes_.rbegin(); folder != folder_modes_.rend(); ++folder) {
            base::Descriptor entered = TRY(enter_all(fs::path(folder->first), folder->first));
            if (::fchmod(entered.get(), folder->second) != 0) {
                return base::system_error(shown(folder->first), "set the rights");
            }
        }
        return {};
    }

  private:
    std::string shown(const std::string& name) const { return folder_ + "/" + name; }

    Result<base::Descriptor> enter_all(const fs::path& path, const std::string& name) {
        base::Descriptor here(::fcntl(root_.get(), F_DUPFD_CLOEXEC, 0));
        if (!here) return base::system_error(folder_, "open");
        for (const fs::path& part : path) here = TRY(enter(here.get(), part.string(), name));
        return here;
    }

    Result<base::Descriptor> enter(int parent, const std::string& part, const std::string& name) {
        if (::mkdirat(parent, part.c_str(), 0777) == 0) {
            TRY(reader_.count_entry());
        } else if (errno != EEXIST) {
            return base::system_error(shown(name), "create the folder");
        }
        base::Descriptor entered(
            ::openat(parent, part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (entered) return entered;
        if (errno == ENOTDIR || errno == ELOOP) {
            return invalid_archive_entry(name, "it leads through " + part + ", which is no folder");
        }
        return base::system_error(shown(name), "open the folder");
    }

    Result<> make_room(int parent, const std::string& leaf, const std::string& name) {
        if (::unlinkat(parent, leaf.c_str(), 0) == 0 || errno == ENOENT) return {};
        if (errno == EISDIR || errno == EPERM) {
            return invalid_archive_entry(name, "a folder of this name is there");
        }
        return base::system_error(shown(name), "replace");
    }

    Result<> add_link(int parent, const std::string& leaf, const ArchiveEntry& entry) {
        if (::symlinkat(entry.link_target.c_str(), parent, leaf.c_str()) == 0) return {};
        return base::system_error(shown(entry.name), "create the symbolic link");
    }

    Result<> add_file(int parent, const std::string& leaf, const ArchiveEntry& entry) {
        base::Descriptor file(::openat(parent, leaf.c_str(),
                                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!file) return base::system_error(shown(entry.name), "create");
        int64_t left = entry.size_bytes;
        while (true) {
            size_t count = TRY(reader_.read(buffer_));
            if (count == 0) break;
            left -= static_cast<int64_t>(count);
            if (left < 0) return invalid_archive_entry(entry.name, "it is larger than it says");
            TRY(write_all(file.get(), {buffer_.data(), count}, entry.name));
        }
        if (left > 0) return invalid_archive_entry(entry.name, "it is smaller than it says");
        if (::fchmod(file.get(), entry.mode) != 0) {
            return base::system_error(shown(entry.name), "set the rights");
        }
        if (::close(file.release()) != 0) return base::system_error(shown(entry.name), "close");
        return {};
    }

    Result<> write_all(int file, std::string_view bytes, const std::string& name) const {
        while (!bytes.empty()) {
            ssize_t count = ::write(file, bytes.data(), bytes.size());
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) return base::system_error(shown(name), "write");
            bytes.remove_prefix(static_cast<size_t>(count));
        }
        return {};
    }

    ArchiveReader& reader_;
    const std::string folder_;
    const base::Descriptor root_;
    std::map<std::string, unsigned> folder_modes_;
    std::vector<char> buffer_ = std::vector<char>(64 * 1024);
};

}  // namespace

Result<ArchiveTotals> extract_archive(base::ByteSource& bytes, const std::string& folder,
                                      const ArchiveLimits& limits, const SeeEntry& see) {
    auto reader = TRY(ArchiveReader::open(bytes, limits));
    TRY(base::make_folders(folder));
    base::Descriptor root(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root) return base::system_error(folder, "open the folder");
    Extraction extraction(*reader, folder, std::move(root));
    ArchiveTotals totals;
    while (true) {
        auto entry = TRY(reader->next());
        if (!entry) break;
        TRY(extraction.add(*entry));
        if (entry->is_folder) continue;
        ++totals.entries;
        totals.bytes += entry->size_bytes;
        if (see) see(*entry);
    }
    TRY(extraction.finish());
    return totals;
}

}  // namespace mogura::workflow
