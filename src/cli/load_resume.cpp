#include "cli/load_resume.h"

#include "base/file.h"
#include "base/leftovers.h"
#include "base/log.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

namespace mogura::cli {
namespace {

// Empty when there is no file or nothing in it.
Result<config::Map> read_state(const std::string& path) {
    if (!base::file_exists(path)) return config::Map();
    std::string text = TRY(base::read_file(path));
    if (text.empty()) return config::Map();
    config::Value value =
        TRY(config::parse_yaml(text, {.dialect = config::Dialect::kEmbulk, .file = path}));
    if (!value.is_map()) {
        return Error(Code::kInvalid, path + ": not a resume state (remove the file to begin anew)");
    }
    return value.map();
}

class StateFile final : public load::StateKeeper {
  public:
    StateFile(std::string path, config::Map earlier)
        : path_(std::move(path)), earlier_(std::move(earlier)), has_state_(!earlier_.empty()) {}

    const config::Map& earlier() const override { return earlier_; }

    Result<> save(const config::Map& state) override {
        has_state_ = !state.empty();
        if (!has_state_) return {};  // remove() comes later
        return base::write_file(path_, config::to_yaml(config::Value(state)));
    }

    bool has_state() const { return has_state_; }
    Result<> remove() const {
        std::error_code failure;
        std::filesystem::remove(path_, failure);
        if (failure) return Error(Code::kDenied, path_ + ": " + failure.message());
        return base::sync_folder_of(path_);
    }

  private:
    const std::string path_;
    const config::Map earlier_;
    bool has_state_;
};

// Two loads that go on from one state would write its rows twice. The lock is a file beside the
// state, which goes with the load; one that a kill left behind is no lock.
class StateLock {
  public:
    static Result<StateLock> take(const std::string& state_path) {
        std::string path = state_path + ".lock";
        while (true) {
            base::Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
            if (!file) return base::system_error(path, "open");
            if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
                return Error(Code::kConflict, state_path +
                                                  ": another load runs with this resume state (" +
                                                  path + " is locked)");
            }
            struct stat opened{};
            struct stat there{};
            if (::fstat(file.get(), &opened) == 0 && ::stat(path.c_str(), &there) == 0 &&
                opened.st_ino == there.st_ino) {
                return StateLock(std::move(path), std::move(file));
            }
        }
    }
    StateLock(StateLock&&) = default;
    StateLock& operator=(StateLock&&) = delete;
    ~StateLock() {
        if (file_) ::unlink(path_.c_str());
    }

  private:
    StateLock(std::string path, base::Descriptor file)
        : path_(std::move(path)), file_(std::move(file)) {}

    std::string path_;
    base::Descriptor file_;
};

// States that a kill left under their unfinished names.
void remove_half_written(const std::string& path) {
    const std::filesystem::path place(path);
    const std::string folder = place.parent_path().string();
    const std::string name = place.filename().string();
    base::remove_unfinished(folder.empty() ? "." : folder,
                            [&](std::string_view each) { return each == name; });
}

}  // namespace

Result<> drop_resume_state(const std::string& path, const std::function<Result<>()>& clean_up) {
    const auto lock = TRY(StateLock::take(path));
    remove_half_written(path);
    TRY(clean_up());
    std::error_code failure;
    std::filesystem::remove(path, failure);
    if (failure) return Error(Code::kDenied, path + ": " + failure.message());
    return {};
}

Result<load::Summary> run_resumable_load(
    const std::string& path, const load::Job& job, const plugins::Registry& registry,
    const load::Context& context, load::Progress& progress, std::stop_token stop,
    const std::function<Result<>(const load::Summary&)>& conclude) {
    const auto lock = TRY(StateLock::take(path));
    remove_half_written(path);
    config::Map earlier = TRY(read_state(path));
    StateFile state(path, std::move(earlier));
    auto summary = load::run_resumable(job, registry, context, progress, state, std::move(stop));
    if (!summary.ok() && state.has_state()) {
        log::info("Writing resume state to '" + path + "'");
        log::info("The same command goes on from it; cleanup -r " + path + " throws it away");
        return summary;
    }
    if (summary.ok()) TRY(conclude(*summary));
    auto removed = state.remove();
    if (!removed.ok()) log::error("the resume state stays: " + removed.error().message());
    return summary;
}

}  // namespace mogura::cli
