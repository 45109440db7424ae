// Commands as child processes of this one, each in its own process group.
//
// A handle is the process id, when the process began, and which boot of the machine that was: so
// a command that survived the death of its mogura can be told from a stranger with its number. Such
// a survivor is "lost": only a parent learns how a child ended.

#include "base/process.h"
#include "base/mutex.h"
#include "base/text.h"
#include "plugins/plugins.h"

#include <signal.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

// When the process began, in clock ticks since the boot; nothing when there is no such process.
std::optional<int64_t> began_at(int64_t pid) {
    auto text = base::read_file("/proc/" + std::to_string(pid) + "/stat");
    if (!text.ok()) return std::nullopt;
    // The second field is a name in brackets that may hold anything.
    size_t end_of_name = text->rfind(')');
    if (end_of_name == std::string::npos) return std::nullopt;
    auto fields = base::split(base::trim(std::string_view(*text).substr(end_of_name + 1)), ' ');
    constexpr size_t kStartTime = 19;  // field 22 of proc(5)
    if (fields.size() <= kStartTime || fields[0] == "Z") return std::nullopt;
    return base::parse_integer(fields[kStartTime]);
}

const std::string& this_boot() {
    static const std::string boot = [] {
        auto text = base::read_file("/proc/sys/kernel/random/boot_id");
        return text.ok() ? std::string(base::trim(*text)) : std::string();
    }();
    return boot;
}

class ProcessExecutor final : public executor::Executor {
  public:
    explicit ProcessExecutor(base::Environment environment)
        : environment_(std::move(environment)) {}

    Result<config::Map> start(const executor::Command& command) override {
        base::Command wanted;
        wanted.arguments = command.arguments;
        wanted.environment = command.environment;
        wanted.environment.insert(environment_.begin(), environment_.end());
        wanted.folder = command.folder;
        wanted.output = base::Stream::file(command.output_file);
        wanted.errors = base::Stream::file(command.output_file);
        wanted.own_group = true;
        auto process = TRY(base::Process::start(wanted));
        int64_t pid = process.pid();
        config::Map handle;
        handle.append("pid", pid);
        handle.append("began", began_at(pid).value_or(0));
        handle.append("boot", this_boot());
        base::Lock lock(mutex_);
        ours_.insert_or_assign(pid, std::move(process));
        return handle;
    }

    Result<executor::Status> status(const config::Map& handle) override {
        int64_t pid = TRY(engine::required_integer(handle, "pid"));
        base::Lock lock(mutex_);
        auto found = ours_.find(pid);
        executor::Status status;
        if (found == ours_.end()) {
            status.is_lost = true;
            status.is_running = survives(handle);
            return status;
        }
        auto exit = TRY(found->second.poll());
        if (!exit) {
            status.wake_descriptor = found->second.exit_descriptor();
            return status;
        }
        status.is_running = false;
        status.exit_code = exit->code;
        ours_.erase(found);
        return status;
    }

    Result<> kill(const config::Map& handle, bool force) override {
        int64_t pid = TRY(engine::required_integer(handle, "pid"));
        int signal = force ? SIGKILL : SIGTERM;
        base::Lock lock(mutex_);
        if (auto found = ours_.find(pid); found != ours_.end()) return found->second.kill(signal);
        if (survives(handle)) ::kill(static_cast<pid_t>(-pid), signal);
        return {};
    }

    void kill_all() override {
        base::Lock lock(mutex_);
        for (auto& [pid, process] : ours_) {
            [[maybe_unused]] auto ignored = process.kill(SIGKILL);
        }
    }

  private:
    static bool survives(const config::Map& handle) {
        auto began = engine::required_integer(handle, "began");
        auto boot = engine::required_text(handle, "boot");
        auto pid = engine::required_integer(handle, "pid");
        return began.ok() && boot.ok() && pid.ok() && *pid > 1 && *boot == this_boot() &&
               began_at(*pid) == *began;
    }

    const base::Environment environment_;
    base::Mutex mutex_;
    std::map<int64_t, base::Process> ours_ GUARDED_BY(mutex_);
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(executor, process) {
    registry.executors["process"] = [](std::map<std::string, std::string> environment) {
        return std::make_unique<mogura::plugins::ProcessExecutor>(std::move(environment));
    };
}
