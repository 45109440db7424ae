#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

extern char** environ;

namespace mogura::base {
namespace {

struct Pipe {
    Descriptor read;
    Descriptor write;
};

Result<Pipe> make_pipe() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return system_error("pipe", "create");
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

// The attributes and file actions of one posix_spawn call.
class Spawn {
  public:
    Spawn() {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
    }
    ~Spawn() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    Spawn(const Spawn&) = delete;
    Spawn& operator=(const Spawn&) = delete;

    void set_defaults(bool own_group) {
        sigset_t none;
        sigset_t all;
        sigemptyset(&none);
        sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
        if (own_group) {
            ::posix_spawnattr_setpgroup(&attributes_, 0);
            flags |= POSIX_SPAWN_SETPGROUP;
        }
        ::posix_spawnattr_setflags(&attributes_, flags);
    }

    void change_folder(const std::string& folder) {
        if (!folder.empty()) ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
    }

    // Joins the child's descriptor `target` to the stream; keeps our end of a pipe in `ours`.
    Result<> join(int target, const Stream& stream, Descriptor& ours) {
        int flags = target == STDIN_FILENO ? O_RDONLY : O_WRONLY | O_CREAT | O_APPEND;
        switch (stream.kind) {
            case Stream::Kind::kInherit:
                return {};
            case Stream::Kind::kNull:
                ::posix_spawn_file_actions_addopen(&actions_, target, "/dev/null",
                                                   target == STDIN_FILENO ? O_RDONLY : O_WRONLY, 0);
                return {};
            case Stream::Kind::kFile:
                theirs_.emplace_back(::open(stream.path.c_str(), flags | O_CLOEXEC, 0644));
                if (!theirs_.back()) return system_error(stream.path, "open");
                break;
            case Stream::Kind::kPipe: {
                Pipe pipe = TRY(make_pipe());
                bool reads = target == STDIN_FILENO;
                theirs_.push_back(std::move(reads ? pipe.read : pipe.write));
                ours = std::move(reads ? pipe.write : pipe.read);
                break;
            }
        }
        ::posix_spawn_file_actions_adddup2(&actions_, theirs_.back().get(), target);
        return {};
    }

    int start(int& pid, const std::vector<char*>& arguments,
              const std::vector<char*>& environment) {
        return ::posix_spawnp(&pid, arguments[0], &actions_, &attributes_, arguments.data(),
                              environment.data());
    }

  private:
    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
    std::vector<Descriptor> theirs_;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> result;
    for (std::string& text : texts) result.push_back(text.data());
    result.push_back(nullptr);
    return result;
}

Exit to_exit(int status) {
    if (WIFSIGNALED(status)) return {.code = 128 + WTERMSIG(status), .signal = WTERMSIG(status)};
    return {.code = WEXITSTATUS(status), .signal = 0};
}

}  // namespace

Result<Process> Process::start(const Command& command) {
    Process process(-1, command.own_group);
    Spawn spawn;
    spawn.set_defaults(command.own_group);
    TRY(spawn.join(STDIN_FILENO, command.input, process.input_));
    TRY(spawn.join(STDOUT_FILENO, command.output, process.output_));
    TRY(spawn.join(STDERR_FILENO, command.errors, process.errors_));
    spawn.change_folder(command.folder);

    std::vector<std::string> arguments = command.arguments;
    std::vector<std::string> environment;
    for (const auto& [name, value] : command.environment) environment.push_back(name + "=" + value);
    int failure = spawn.start(process.pid_, pointers(arguments), pointers(environment));
    if (failure != 0) {
        errno = failure;
        if (!command.folder.empty() && !file_exists(command.folder)) {
            return Error(Code::kInvalid,
                         command.folder + ": cannot start a command there: no such folder");
        }
        return system_error(arguments[0], "start");
    }
    process.exit_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, process.pid_, 0)));
    if (!process.exit_) return system_error(arguments[0], "watch");
    return process;
}

Process::Process(Process&&) noexcept = default;
Process& Process::operator=(Process&&) noexcept = default;
Process::~Process() = default;

Result<std::optional<Exit>> Process::poll() {
    if (ended_) return ended_;
    int status = 0;
    int result = ::waitpid(pid_, &status, WNOHANG);
    if (result == 0) return std::optional<Exit>();
    if (result < 0) return system_error("process " + std::to_string(pid_), "wait for");
    ended_ = to_exit(status);
    return ended_;
}

Result<Exit> Process::wait() {
    while (!ended_) {
        int status = 0;
        int result = ::waitpid(pid_, &status, 0);
        if (result < 0 && errno == EINTR) continue;
        if (result < 0) return system_error("process " + std::to_string(pid_), "wait for");
        ended_ = to_exit(status);
    }
    return *ended_;
}

Result<std::optional<Exit>> Process::wait_for(std::chrono::milliseconds time) {
    if (!ended_) {
        pollfd wanted{.fd = exit_.get(), .events = POLLIN, .revents = 0};
        ::poll(&wanted, 1, static_cast<int>(time.count()));
    }
    return poll();
}

Result<> Process::kill(int signal) {
    if (ended_) return {};
    if (::kill(own_group_ ? -pid_ : pid_, signal) != 0 && errno != ESRCH) {
        return system_error("process " + std::to_string(pid_), "signal");
    }
    return {};
}

Result<Finished> run(Command command) {
    command.output = Stream::pipe();
    auto process = TRY(Process::start(command));
    Finished finished;
    char buffer[16 * 1024];
    while (true) {
        ssize_t count = ::read(process.output(), buffer, sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return system_error(command.arguments[0], "read the output of");
        if (count == 0) break;
        finished.output.append(buffer, static_cast<size_t>(count));
    }
    finished.exit = TRY(process.wait());
    return finished;
}

Environment current_environment() {
    Environment result;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        std::string_view text(*entry);
        size_t equals = text.find('=');
        if (equals != std::string_view::npos) {
            result.emplace(text.substr(0, equals), text.substr(equals + 1));
        }
    }
    return result;
}

}  // namespace mogura::base
