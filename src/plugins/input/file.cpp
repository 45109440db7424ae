// Reads local files by the beginning of their paths (embulk 8.1).

#include "plugins/plugins.h"

#include "base/file.h"
#include "base/log.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::string path_prefix;
    std::string last_path;
    bool follow_symlinks;
    std::string place;  // of path_prefix in the configuration
};

Options read(config::Reader& reader) {
    return {
        .path_prefix =
            reader.required<std::string>("path_prefix", "Beginning of the files' paths."),
        .last_path =
            reader.maybe<std::string>("last_path", "Skip files up to this one.").value_or(""),
        .follow_symlinks = reader.optional("follow_symlinks", false, "Walk into linked folders."),
        .place = reader.place_of("path_prefix"),
    };
}

class LocalFiles final : public load::FileInput {
  public:
    LocalFiles(Options options, const load::Context& context)
        : options_(std::move(options)), base_(context.folder) {}

    Result<std::vector<load::FileEntry>> files() override {
        paths_.clear();
        fs::path prefix(options_.path_prefix);
        if (fs::is_directory(on_disk(prefix))) {
            TRY(walk(prefix, ""));
        } else {
            fs::path folder = prefix.has_parent_path() ? prefix.parent_path() : fs::path(".");
            if (!fs::is_directory(on_disk(folder))) {
                return Error(Code::kNotFound, options_.place + ": Directory not found: \"" +
                                                  folder.string() + "\" for \"" +
                                                  options_.path_prefix + "\"");
            }
            TRY(walk(prefix.parent_path(), prefix.filename().string()));
        }
        std::ranges::sort(paths_);
        std::vector<load::FileEntry> entries;
        for (const std::string& path : paths_) {
            std::string local = fs::absolute(on_disk(path)).lexically_normal().string();
            int64_t size = TRY(base::file_size_bytes(local));
            int64_t modified = TRY(base::file_modified_ns(local));
            entries.push_back({.name = local,
                               .size_bytes = size,
                               .local_path = local,
                               .path = path,
                               .modified_ns = modified});
        }
        if (paths_.empty() && options_.last_path.empty()) warn_of_nothing();
        log::info("Loading files [" + base::join(paths_, ", ") + "]");
        return entries;
    }

    Result<std::unique_ptr<base::ByteSource>> open(const load::FileEntry& file) override {
        return base::open_source(file.local_path);
    }

    Result<std::unique_ptr<base::ByteSource>> open_at(const load::FileEntry& file,
                                                      int64_t offset) override {
        return base::open_source(file.local_path, offset);
    }

    config::Map diff(const std::vector<load::FileEntry>& files) const override {
        config::Map diff;
        std::string last = files.empty() ? options_.last_path : files.back().path;
        if (!last.empty()) diff.set("last_path", last);
        return diff;
    }

  private:
    fs::path on_disk(const fs::path& path) const { return base_ / path; }

    // The original loads nothing without a word, and a mistyped prefix looks like an empty day.
    void warn_of_nothing() const {
        log::warn(options_.place + ": no file's path begins with \"" + options_.path_prefix +
                  "\", so nothing is loaded (relative paths start at " +
                  fs::absolute(base_).lexically_normal().string() + "; is the prefix right?)");
    }

    // Files below `folder` whose first component begins with `begin`, as paths in the form given.
    Result<> walk(const fs::path& folder, const std::string& begin) {
        std::vector<std::string> names = TRY(base::list_folder(on_disk(folder / ".").string()));
        for (const std::string& name : names) {
            if (!name.starts_with(begin)) continue;
            fs::path path = folder / name;
            std::error_code failure;
            fs::file_status link = fs::symlink_status(on_disk(path), failure);
            fs::file_status target = fs::status(on_disk(path), failure);
            if (fs::is_directory(target)) {
                if (fs::is_symlink(link) && !options_.follow_symlinks) continue;
                if (!enter(path)) continue;
                TRY(walk(path, ""));
            } else if (!fs::exists(target)) {
                return Error(Code::kNotFound, path.string() + ": the link leads nowhere");
            } else if (options_.last_path.empty() || path.string() > options_.last_path) {
                paths_.push_back(path.string());
            }
        }
        return {};
    }

    // A folder is walked once, also when links make a ring.
    bool enter(const fs::path& folder) {
        std::error_code failure;
        return entered_.insert(fs::canonical(on_disk(folder), failure).string()).second;
    }

    const Options options_;
    const fs::path base_;
    std::vector<std::string> paths_;  // as given, sorted
    std::set<std::string> entered_;
};

Result<std::unique_ptr<load::FileInput>> make(const Options& options,
                                              const load::Context& context) {
    if (options.path_prefix.empty()) {
        return Error(Code::kInvalid, options.place + ": must not be empty");
    }
    return std::make_unique<LocalFiles>(options, context);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(input, file) {
    registry.file_inputs.add("file", "Local files whose paths begin alike.", read, make);
}
