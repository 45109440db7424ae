#include "base/leftovers.h"

#include "base/file.h"
#include "base/text.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <limits>
#include <system_error>

namespace mogura::base {
namespace {

constexpr std::string_view kUnfinished = ".new.";

// One that ended while nobody waits for it (in a container whose first process does not) is gone.
bool is_dead(int64_t process) {
    auto status = read_file("/proc/" + std::to_string(process) + "/stat");
    if (!status.ok()) return false;
    const size_t name_end = status->rfind(") ");
    return name_end != status->npos &&
           (status->substr(name_end + 2, 1) == "Z" || status->substr(name_end + 2, 1) == "X");
}

bool is_gone(int64_t process) {
    if (process <= 0 || process > std::numeric_limits<pid_t>::max()) return false;
    if (::kill(static_cast<pid_t>(process), 0) != 0) return errno == ESRCH;
    return is_dead(process);
}

}  // namespace

std::string unfinished_path(const std::string& path) {
    return path + std::string(kUnfinished) + std::to_string(::getpid());
}

void remove_leftovers(
    const std::string& folder,
    const std::function<std::optional<int64_t>(std::string_view name)>& owner_of) {
    auto names = list_folder(folder);
    if (!names.ok()) return;
    for (const std::string& name : *names) {
        auto owner = owner_of(name);
        if (!owner || !is_gone(*owner)) continue;
        std::error_code ignored;
        std::filesystem::remove_all(std::filesystem::path(folder) / name, ignored);
    }
}

void remove_unfinished(const std::string& folder,
                       const std::function<bool(std::string_view name)>& is_ours) {
    remove_leftovers(folder, [&](std::string_view name) -> std::optional<int64_t> {
        size_t mark = name.rfind(kUnfinished);
        if (mark == std::string_view::npos || !is_ours(name.substr(0, mark))) return {};
        return parse_integer(name.substr(mark + kUnfinished.size()));
    });
}

}  // namespace mogura::base
