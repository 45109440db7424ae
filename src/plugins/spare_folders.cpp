#include "plugins/spare_folders.h"

#include "base/file.h"
#include "base/leftovers.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>

namespace mogura::plugins {
namespace {

constexpr size_t kSparesMax = 8;
constexpr const char* kName = "spare-";
constexpr const char* kOutput = "output";

void remove(const std::string& path) {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
}

std::string parent_of(const std::string& path) {
    return std::filesystem::path(path).parent_path().string();
}

// A command may have put anything in the place of its files.
bool make_empty(const std::string& path) {
    base::Descriptor file(::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    struct stat status{};
    bool is_plain = file && ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) &&
                    status.st_nlink == 1;
    return is_plain && ::ftruncate(file.get(), 0) == 0;
}

// Whether only the files are left that every short command has, without anything in them.
bool is_made_ready(const std::string& folder) {
    auto names = base::list_folder(folder);
    if (!names.ok()) return false;
    for (const std::string& name : *names) {
        const std::string path = folder + "/" + name;
        bool is_ready = name == kOutput
                            ? ::unlink(path.c_str()) == 0
                            : (name == "runner.sh" || name == "handle") && make_empty(path);
        if (!is_ready) return false;
    }
    return true;
}

}  // namespace

SpareFolders& SpareFolders::of_this_process() {
    static SpareFolders all;
    return all;
}

SpareFolders::~SpareFolders() {
    base::Lock lock(mutex_);
    for (const std::string& spare : spares_) remove(spare);
}

bool SpareFolders::take(const std::string& path) {
    base::Lock lock(mutex_);
    for (auto spare = spares_.begin(); spare != spares_.end(); ++spare) {
        if (parent_of(*spare) != parent_of(path)) continue;
        if (::rename(spare->c_str(), path.c_str()) != 0) return false;
        spares_.erase(spare);
        return true;
    }
    return false;
}

void SpareFolders::give(const std::string& path) {
    bool is_ready = is_made_ready(path);
    base::Lock lock(mutex_);
    const std::string parent = parent_of(path);
    if (cleaned_.insert(parent).second) {
        base::remove_unfinished(parent,
                                [](std::string_view name) { return name.starts_with(kName); });
    }
    const std::string spare =
        base::unfinished_path(parent + "/" + kName + std::to_string(++given_));
    bool is_kept =
        is_ready && spares_.size() < kSparesMax && ::rename(path.c_str(), spare.c_str()) == 0;
    if (is_kept) {
        spares_.push_back(spare);
    } else {
        remove(path);
    }
}

}  // namespace mogura::plugins
