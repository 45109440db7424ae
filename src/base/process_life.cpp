#include "base/process_life.h"

#include "base/file.h"
#include "base/text.h"

#include <unistd.h>

#include <filesystem>

namespace mogura::base {
namespace {

// "BOOT NAMESPACE ", which numbers of processes belong to.
const std::string& this_realm() {
    static const std::string realm = [] {
        std::error_code failure;
        std::string names = std::filesystem::read_symlink("/proc/self/ns/pid", failure).string();
        return this_boot() + " " + names + " ";
    }();
    return realm;
}

}  // namespace

std::optional<ProcessLife> process_life(int64_t pid) {
    auto text = read_file("/proc/" + std::to_string(pid) + "/stat");
    if (!text.ok()) return std::nullopt;
    // The second field is a name in brackets that may hold anything.
    size_t end_of_name = text->rfind(')');
    if (end_of_name == std::string::npos) return std::nullopt;
    auto fields = split(trim(std::string_view(*text).substr(end_of_name + 1)), ' ');
    constexpr size_t kGroup = 2;       // field 5 of proc(5)
    constexpr size_t kStartTime = 19;  // field 22
    if (fields.size() <= kStartTime || fields[0] == "Z") return std::nullopt;
    auto began = parse_integer(fields[kStartTime]);
    auto group = parse_integer(fields[kGroup]);
    if (!began || !group) return std::nullopt;
    return ProcessLife{.began = *began, .group = *group};
}

const std::string& this_boot() {
    static const std::string boot = [] {
        auto text = read_file("/proc/sys/kernel/random/boot_id");
        return text.ok() ? std::string(trim(*text)) : std::string();
    }();
    return boot;
}

const std::string& this_process() {
    static const std::string process = [] {
        auto life = process_life(::getpid());
        return this_realm() + std::to_string(::getpid()) + " " +
               std::to_string(life ? life->began : 0);
    }();
    return process;
}

bool is_running(const std::string& process) {
    if (process == this_process()) return true;
    if (!process.starts_with(this_realm())) return false;
    auto numbers = split(std::string_view(process).substr(this_realm().size()), ' ');
    if (numbers.size() != 2) return false;
    auto pid = parse_integer(numbers[0]);
    auto began = parse_integer(numbers[1]);
    if (!pid || !began) return false;
    auto life = process_life(*pid);
    return life && life->began == *began;
}

}  // namespace mogura::base
