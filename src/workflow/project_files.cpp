#include "workflow/project_files.h"

#include "base/file.h"
#include "workflow/ignore.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <utility>

namespace mogura::workflow {
namespace {

namespace fs = std::filesystem;

using Identity = std::pair<dev_t, ino_t>;

Identity identity_of(const struct stat& status) {
    return {status.st_dev, status.st_ino};
}

// "" for the folder itself; nothing when `path` is not below it.
std::optional<fs::path> below(const fs::path& path, const fs::path& folder) {
    const fs::path relative = path.lexically_relative(folder);
    if (relative.empty() || *relative.begin() == "..") return {};
    return relative == "." ? fs::path() : relative;
}

class Walk {
  public:
    Walk(const IgnoreRules& ignored, const ArchiveContents& contents)
        : ignored_(ignored), contents_(contents) {
        for (const std::string& path : contents.leave_out) {
            struct stat status{};
            if (::stat(path.c_str(), &status) == 0) left_out_.push_back(identity_of(status));
        }
    }

    // A whole tree: links lead out of it or stay inside. The project is one, and each folder
    // outside that is copied.
    Result<> tree(const fs::path& root, const std::string& name) {
        const fs::path outer = std::exchange(root_, root);
        TRY(folder(root, name));
        root_ = outer;
        return {};
    }

    std::vector<ProjectFile> take() {
        std::sort(found_.begin(), found_.end(), [](const auto& one, const auto& other) {
            return one.entry.name < other.entry.name;
        });
        return std::move(found_);
    }

  private:
    Result<> folder(const fs::path& path, const std::string& name) {
        struct stat status{};
        if (::stat(path.c_str(), &status) != 0) return base::system_error(path.string(), "look at");
        const Identity identity = identity_of(status);
        if (std::find(around_.begin(), around_.end(), identity) != around_.end()) {
            return Error(Code::kInvalid, "Invalid symbolic link: " + name +
                                             " leads to a folder that holds it (name it in "
                                             ".digdagignore)");
        }
        around_.push_back(identity);
        const std::vector<std::string> inner = TRY(base::list_folder(path.string()));
        for (const std::string& one : inner) {
            if (one.starts_with('.')) continue;
            TRY(add(path / one, name.empty() ? one : name + "/" + one));
        }
        around_.pop_back();
        return {};
    }

    Result<> add(const fs::path& path, const std::string& name) {
        struct stat own{};
        if (::lstat(path.c_str(), &own) != 0) return base::system_error(path.string(), "look at");
        struct stat behind = own;
        const bool is_link = S_ISLNK(own.st_mode);
        const bool is_dangling = is_link && ::stat(path.c_str(), &behind) != 0;
        if (ignored_.ignores(name, !is_dangling && S_ISDIR(behind.st_mode))) return {};
        if (!is_link) return add_real(path, name, own);

        auto target = TRY(target_inside(path, name));
        if (target) {
            found_.push_back({.entry = {.name = name, .link_target = *target, .mode = 0777},
                              .path = path.string()});
            return {};
        }
        if (is_dangling) {
            errno = ENOENT;
            return base::system_error(path.string(), "follow the symbolic link");
        }
        if (S_ISDIR(behind.st_mode)) return tree(fs::canonical(path), name);
        return add_real(path, name, behind);
    }

    Result<> add_real(const fs::path& path, const std::string& name, const struct stat& status) {
        if (S_ISDIR(status.st_mode)) return folder(path, name);
        if (!S_ISREG(status.st_mode)) {
            return Error(Code::kInvalid,
                         path.string() +
                             ": only files, folders and symbolic links can be archived (remove it, "
                             "or name it in .digdagignore)");
        }
        const auto same = std::find(left_out_.begin(), left_out_.end(), identity_of(status));
        if (same != left_out_.end()) return {};
        found_.push_back({.entry = {.name = name,
                                    .size_bytes = static_cast<int64_t>(status.st_size),
                                    .mode = status.st_mode & 0777},
                          .path = path.string()});
        return {};
    }

    // Where a link leads within its tree, from its own folder; nothing when it leads out and what
    // is there is to be copied.
    Result<std::optional<std::string>> target_inside(const fs::path& path,
                                                     const std::string& name) const {
        std::error_code failure;
        const fs::path raw = fs::read_symlink(path, failure);
        if (failure) {
            errno = failure.value();
            return base::system_error(path.string(), "read the symbolic link");
        }
        const fs::path parent = path.parent_path();
        fs::path target = (parent / raw).lexically_normal();
        if (!target.has_filename()) target = target.parent_path();
        auto inner = below(target, root_);
        if (!inner && raw.is_absolute()) {  // by another name of the same folder
            const fs::path real = fs::weakly_canonical(target.parent_path(), failure);
            inner = below(real / target.filename(), root_);
        }
        if (inner) {
            const fs::path end = inner->empty() ? root_ : root_ / *inner;
            return std::optional(end.lexically_relative(parent).string());
        }
        if (contents_.copy_outgoing_symlinks) return std::optional<std::string>();
        return Error(Code::kInvalid, "Invalid symbolic link: " + name + " -> " + raw.string() +
                                         " leads out of the project's folder " + root_.string() +
                                         " (--copy-outgoing-symlinks stores what is there)");
    }

    const IgnoreRules& ignored_;
    const ArchiveContents& contents_;
    std::vector<Identity> left_out_;
    fs::path root_;                 // of the tree that is walked
    std::vector<Identity> around_;  // the folders around what is walked
    std::vector<ProjectFile> found_;
};

}  // namespace

Result<std::vector<ProjectFile>> project_files(const std::string& folder,
                                               const ArchiveContents& contents) {
    std::error_code failure;
    const fs::path root = fs::canonical(folder, failure);
    if (failure) {
        errno = failure.value();
        return base::system_error(folder, "open the folder");
    }
    const IgnoreRules ignored = TRY(IgnoreRules::read(root.string()));
    Walk walk(ignored, contents);
    TRY(walk.tree(root, ""));
    return walk.take();
}

}  // namespace mogura::workflow
