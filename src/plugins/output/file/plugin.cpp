// Writes local files (embulk 5.3). Each is written under a temporary name beside its place and
// renamed when all are finished and on the disk: a run that fails, is killed or loses its power
// leaves old files as they were. What a killed run left is removed by the next one.

#include "plugins/plugins.h"

#include "base/file.h"
#include "base/leftovers.h"
#include "base/log.h"
#include "base/mutex.h"
#include "plugins/output/file/sequence_format.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

namespace fs = std::filesystem;

struct Options {
    std::string path_prefix;
    std::string file_ext;
    std::string sequence_format;
};

Options read(config::Reader& reader) {
    Options options{
        .path_prefix =
            reader.required<std::string>("path_prefix", "Beginning of the files' paths."),
        .file_ext = reader.required<std::string>("file_ext", "End of the files' names."),
        .sequence_format =
            reader.optional("sequence_format", "%03d.%02d.", "Between them: task and file number."),
    };
    auto sequence = format_sequence(options.sequence_format, 0, 0);
    if (!sequence.ok()) reader.problem("sequence_format", sequence.error().message());
    return options;
}

class LocalFiles final : public load::FileOutput {
  public:
    LocalFiles(Options options, std::string folder)
        : options_(std::move(options)), folder_(std::move(folder)) {}

    std::string name_of(size_t task, size_t file) const override {
        auto sequence = format_sequence(options_.sequence_format, static_cast<int64_t>(task),
                                        static_cast<int64_t>(file));
        return options_.path_prefix + (sequence.ok() ? *sequence : "") + options_.file_ext;
    }

    Result<std::unique_ptr<base::ByteSink>> open(size_t task, size_t file) override {
        const std::string name = name_of(task, file);
        log::info("Writing local file '" + name + "'");
        const std::string path = local_path(task, file);
        auto sink = base::open_sink(path);
        const fs::path folder = fs::path(path).parent_path();
        std::error_code ignored;
        if (!sink.ok() && !fs::exists(folder, ignored)) {
            return Error(Code::kNotFound, name + ": there is no folder " +
                                              folder.lexically_normal().string() +
                                              " (No such file or directory)");
        }
        return sink;
    }

    std::string local_path(size_t task, size_t file) const override {
        std::string path = (fs::path(folder_) / name_of(task, file)).string();
        std::string temporary = base::unfinished_path(path);
        base::Lock lock(mutex_);
        remove_leftovers();
        temporaries_.insert_or_assign(temporary, path);
        return temporary;
    }

    Result<> publish() override {
        base::Lock lock(mutex_);
        remove_leftovers();
        for (const auto& [temporary, path] : temporaries_) TRY(base::sync_file(temporary));
        std::map<fs::path, std::string> file_in;  // any one of each folder
        while (!temporaries_.empty()) {
            const auto& [temporary, path] = *temporaries_.begin();
            if (std::rename(temporary.c_str(), path.c_str()) != 0) {
                return base::system_error(path, "replace");
            }
            file_in[fs::path(path).parent_path()] = path;
            temporaries_.erase(temporaries_.begin());
        }
        for (const auto& [folder, path] : file_in) TRY(base::sync_folder_of(path));
        return {};
    }

    void discard() noexcept override {
        base::Lock lock(mutex_);
        for (const auto& [temporary, path] : temporaries_) ::unlink(temporary.c_str());
        temporaries_.clear();
    }

    bool can_adopt() const override { return true; }

    Result<> adopt(size_t task, size_t file, const Begun& begun) override {
        std::string path = (fs::path(folder_) / name_of(task, file)).string();
        auto size = base::file_size_bytes(begun.path);
        if (!size.ok() && begun.may_be_published) {
            size = base::file_size_bytes(path);
            if (size.ok() && *size == begun.bytes) return {};
        }
        if (!size.ok() || *size < begun.bytes) {
            return Error(Code::kNotFound, begun.path + ": it is not what the earlier run left");
        }
        std::string temporary = base::unfinished_path(path);
        TRY(take_over(begun.path, temporary));
        base::Lock lock(mutex_);
        temporaries_.insert_or_assign(temporary, path);
        if (begun.path != temporary) taken_over_.push_back(begun.path);
        return {};
    }

  private:
    // The old name stays until remove_leftovers(), which is behind the state that has the new one:
    // a kill in between loses nothing.
    static Result<> take_over(const std::string& old, const std::string& temporary) {
        if (old == temporary) return {};
        ::unlink(temporary.c_str());  // of an earlier process of this number
        if (::link(old.c_str(), temporary.c_str()) == 0) return {};
        if (std::rename(old.c_str(), temporary.c_str()) == 0) return {};  // no links there
        return base::system_error(old, "take over");
    }

    // Of every file that this prefix and extension may name: the run before may have had more.
    void remove_leftovers() const REQUIRES(mutex_) {
        if (std::exchange(has_removed_, true)) return;
        for (const std::string& old : taken_over_) ::unlink(old.c_str());
        fs::path prefix = fs::path(folder_) / options_.path_prefix;
        std::string begin = prefix.filename().string();
        base::remove_unfinished(prefix.parent_path().string(), [&](std::string_view name) {
            return name.starts_with(begin) && name.ends_with(options_.file_ext);
        });
    }

    const Options options_;
    const std::string folder_;
    mutable base::Mutex mutex_;
    mutable bool has_removed_ GUARDED_BY(mutex_) = false;
    std::vector<std::string> taken_over_ GUARDED_BY(mutex_);  // old names
    mutable std::map<std::string, std::string> temporaries_ GUARDED_BY(mutex_);
};

Result<std::unique_ptr<load::FileOutput>> make(const Options& options,
                                               const load::Context& context) {
    return std::make_unique<LocalFiles>(options, context.folder);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(output, file) {
    registry.file_outputs.add("file", "Writes local files.", read, make);
}
