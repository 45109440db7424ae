// Child processes, started with posix_spawn (never fork: a large parent would be copied).
//
// Owns: starting, waiting, signalling, the pipes to a child. Leaves to others: what the command
// means (executor), and shells (operators). A Process is used by one thread at a time.

#pragma once

#include "base/file.h"
#include "base/result.h"

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mogura::base {

using Environment = std::map<std::string, std::string>;

// What a child's standard stream is joined to.
struct Stream {
    enum class Kind { kInherit, kNull, kPipe, kFile };
    Kind kind = Kind::kInherit;
    std::string path = {};  // kFile: created when missing, appended to

    static Stream inherit() { return {Kind::kInherit}; }
    static Stream null() { return {Kind::kNull}; }
    static Stream pipe() { return {Kind::kPipe}; }
    static Stream file(std::string path) { return {Kind::kFile, std::move(path)}; }
};

struct Command {
    std::vector<std::string> arguments;  // [0] is looked up in PATH when it has no slash
    Environment environment;             // the whole environment of the child
    std::string folder = {};             // working directory; empty: ours
    Stream input = Stream::null();
    Stream output = Stream::inherit();
    Stream errors = Stream::inherit();
    bool own_group = false;  // its own process group, so that kill() reaches its children
};

struct Exit {
    int code = 0;    // exit code, or 128 + signal
    int signal = 0;  // 0 when it ended by itself
};

class Process {
  public:
    // Fails with kNotFound when there is no such program, kInvalid when the folder is missing.
    static Result<Process> start(const Command& command);

    Process(Process&&) noexcept;
    Process& operator=(Process&&) noexcept;
    // A child that still runs is left running; call kill() and wait() first to stop it.
    ~Process();

    int pid() const { return pid_; }
    // Becomes readable (poll, epoll) when the child has ended.
    int exit_descriptor() const { return exit_.get(); }
    // Our ends of the pipes; negative where there is no pipe.
    int input() const { return input_.get(); }
    int output() const { return output_.get(); }
    int errors() const { return errors_.get(); }
    void close_input() { input_ = Descriptor(); }

    // How it ended, or nothing while it runs. Never blocks.
    Result<std::optional<Exit>> poll();
    Result<Exit> wait();
    // Nothing when the time has passed and it still runs.
    Result<std::optional<Exit>> wait_for(std::chrono::milliseconds time);
    // Sends a signal to the child, or to its whole group when it has one of its own.
    Result<> kill(int signal);

  private:
    Process(int pid, bool own_group) : pid_(pid), own_group_(own_group) {}

    int pid_ = -1;
    bool own_group_ = false;
    std::optional<Exit> ended_;
    Descriptor exit_;
    Descriptor input_;
    Descriptor output_;
    Descriptor errors_;
};

// Runs a command to its end and collects what it prints on standard output.
struct Finished {
    Exit exit;
    std::string output;
};
Result<Finished> run(Command command);

// This process's environment as a map.
Environment current_environment();

}  // namespace mogura::base
