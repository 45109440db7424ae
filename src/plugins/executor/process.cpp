// Commands as child processes of this one, each in its own process group.
//
// A handle is the process id, when the process began, and which boot of the machine that was: so
// a command that survived the death of its mogura can be told from a stranger with its number. Such
// a survivor is "lost": only a parent learns how a child ended.
//
// A command that was asked to end has ended when all of its group have: a shell dies of SIGTERM at
// once, while what it started may still be saving its work and saying so.

#include "base/process.h"
#include "base/mutex.h"
#include "base/process_life.h"
#include "base/program.h"
#include "base/text.h"
#include "plugins/plugins.h"

#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace mogura::plugins {
namespace {

std::optional<int64_t> began_at(int64_t pid) {
    auto life = base::process_life(pid);
    if (!life) return std::nullopt;
    return life->began;
}

// Whether one of the group runs. The dead count for kill() until somebody waits for them, which
// in a container may be nobody.
bool has_group(int64_t group) {
    if (::kill(static_cast<pid_t>(-group), 0) != 0) return false;
    auto names = base::list_folder("/proc");
    if (!names.ok()) return false;
    return std::ranges::any_of(*names, [&](const std::string& name) {
        auto pid = base::parse_integer(name);
        auto life = pid ? base::process_life(*pid) : std::nullopt;
        return life && life->group == group;
    });
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
        handle.append("boot", base::this_boot());
        base::Lock lock(mutex_);
        ours_.insert_or_assign(pid, Running{.process = std::move(process)});
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
        Running& running = found->second;
        auto exit = TRY(running.process.poll());
        if (!exit) {
            status.wake_descriptor = running.process.exit_descriptor();
            return status;
        }
        if (running.was_asked_to_end && has_group(pid)) return status;
        status.is_running = false;
        status.exit_code = exit->code;
        ours_.erase(found);
        return status;
    }

    Result<> kill(const config::Map& handle, bool force) override {
        int64_t pid = TRY(engine::required_integer(handle, "pid"));
        int signal = force ? SIGKILL : SIGTERM;
        base::Lock lock(mutex_);
        if (auto found = ours_.find(pid); found != ours_.end()) return end(found->second, signal);
        if (survives(handle)) ::kill(static_cast<pid_t>(-pid), signal);
        return {};
    }

    void kill_all() override {
        base::Lock lock(mutex_);
        for (auto& [pid, running] : ours_) {
            [[maybe_unused]] auto ignored = end(running, SIGKILL);
        }
    }

    std::optional<std::string> find_program(const std::string& name) const override {
        auto path = environment_.find("PATH");
        return base::find_program(name, path == environment_.end() ? "" : path->second);
    }

  private:
    struct Running {
        base::Process process;
        bool was_asked_to_end = false;
    };

    // The number of a group is not given away while one process is in it.
    static Result<> end(Running& running, int signal) {
        running.was_asked_to_end = true;
        if (::kill(-running.process.pid(), signal) != 0 && errno != ESRCH) {
            return base::system_error("process " + std::to_string(running.process.pid()), "signal");
        }
        return {};
    }

    static bool survives(const config::Map& handle) {
        auto began = engine::required_integer(handle, "began");
        auto boot = engine::required_text(handle, "boot");
        auto pid = engine::required_integer(handle, "pid");
        return began.ok() && boot.ok() && pid.ok() && *pid > 1 && *boot == base::this_boot() &&
               began_at(*pid) == *began;
    }

    const base::Environment environment_;
    base::Mutex mutex_;
    std::map<int64_t, Running> ours_ GUARDED_BY(mutex_);
};

}  // namespace
}  // namespace mogura::plugins

PLUGIN(executor, process) {
    registry.executors["process"] = [](std::map<std::string, std::string> environment) {
        return std::make_unique<mogura::plugins::ProcessExecutor>(std::move(environment));
    };
}
