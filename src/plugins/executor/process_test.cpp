// Commands in process groups of their own, and how they end.

#include "base/clock.h"
#include "base/file.h"
#include "plugins/plugins.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace mogura::plugins {
namespace {

class ProcessExecutorTest : public testing::Test {
  protected:
    ProcessExecutorTest() {
        std::string name = (std::filesystem::temp_directory_path() / "processXXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        add_all(registry_);
        executor_ = make();
    }
    ~ProcessExecutorTest() override {
        executor_->kill_all();
        std::filesystem::remove_all(folder_);
    }

    std::unique_ptr<executor::Executor> make() {
        return registry_.executors.at("process")({{"PATH", "/usr/bin:/bin"}, {"FROM", "outside"}});
    }

    config::Map start(const std::string& script) {
        auto handle = executor_->start({.arguments = {"/bin/sh", "-c", script},
                                        .environment = {{"OWN", "inside"}},
                                        .folder = folder_,
                                        .output_file = folder_ + "/output"});
        EXPECT_TRUE(handle.ok());
        return handle.ok() ? *handle : config::Map{};
    }

    std::string output() {
        auto text = base::read_file(folder_ + "/output");
        return text.ok() ? *text : "";
    }

    // Until the command has ended, 10 seconds at most.
    executor::Status end_of(const config::Map& handle) {
        executor::Status status;
        for (int times = 0; times < 1000; ++times) {
            status = *executor_->status(handle);
            if (!status.is_running) return status;
            pollfd ended{.fd = status.wake_descriptor.value_or(-1), .events = POLLIN, .revents = 0};
            ::poll(&ended, 1, 10);
        }
        ADD_FAILURE() << "still runs";
        return status;
    }

    void wait_for_output(const std::string& text) {
        for (int times = 0; times < 1000 && output() != text; ++times) {
            ::poll(nullptr, 0, 10);
        }
        ASSERT_EQ(output(), text);
    }

    std::string folder_;
    Registry registry_;
    std::unique_ptr<executor::Executor> executor_;
};

TEST_F(ProcessExecutorTest, FindsProgramsOnItsPath) {
    auto shell = executor_->find_program("sh");
    ASSERT_TRUE(shell);
    EXPECT_TRUE(shell->ends_with("/sh")) << *shell;
    EXPECT_FALSE(executor_->find_program("no-such-program"));
    EXPECT_FALSE(executor_->find_program("."));  // a folder
}

TEST_F(ProcessExecutorTest, RunsWithBothEnvironmentsAndTellsTheExitCode) {
    auto handle = start("echo $FROM $OWN; pwd >&2; exit 3");
    EXPECT_EQ(end_of(handle).exit_code, 3);
    EXPECT_EQ(output(), "outside inside\n" + std::filesystem::canonical(folder_).string() + "\n");
}

TEST_F(ProcessExecutorTest, ACommandThatEndsByItselfDoesNotWaitForWhatItStarted) {
    auto handle = start("sleep 30 & exit 0");
    base::SystemClock clock;
    auto begin = clock.monotonic();
    EXPECT_EQ(end_of(handle).exit_code, 0);
    EXPECT_LT(clock.monotonic() - begin, std::chrono::seconds(8));
    auto pid = engine::required_integer(handle, "pid");
    EXPECT_EQ(::kill(static_cast<pid_t>(-*pid), SIGKILL), 0) << "the sleep was left alone";
}

// The shell dies at once, its child takes its time.
constexpr const char* kSlowChild =
    "(trap 'sleep 0.2; echo saved; exit' TERM; echo ready; while :; do :; done) & wait";

TEST_F(ProcessExecutorTest, ACommandAskedToEndHasEndedWhenItsChildrenHave) {
    auto handle = start(kSlowChild);
    wait_for_output("ready\n");
    ASSERT_TRUE(executor_->kill(handle, /*force=*/false).ok());
    EXPECT_EQ(end_of(handle).exit_code, 128 + SIGTERM);
    EXPECT_EQ(output(), "ready\nsaved\n");
    EXPECT_TRUE(executor_->kill(handle, true).ok()) << "fine when it has ended";
}

TEST_F(ProcessExecutorTest, ForceReachesChildrenWhoseShellIsGone) {
    auto handle = start("(trap '' TERM; echo ready; while :; do sleep 0.01; done) & wait");
    wait_for_output("ready\n");
    ASSERT_TRUE(executor_->kill(handle, false).ok());
    // Long enough for the shell to be gone.
    ::poll(nullptr, 0, 100);
    EXPECT_TRUE(executor_->status(handle)->is_running);
    ASSERT_TRUE(executor_->kill(handle, true).ok());
    EXPECT_FALSE(end_of(handle).is_lost);
}

TEST_F(ProcessExecutorTest, ASurvivorIsLostToAnotherExecutorWhichCanKillIt) {
    auto handle = start("exec sleep 30");
    auto other = make();
    auto status = *other->status(handle);
    EXPECT_TRUE(status.is_lost);
    EXPECT_TRUE(status.is_running);
    ASSERT_TRUE(other->kill(handle, true).ok());
    EXPECT_EQ(end_of(handle).exit_code, 128 + SIGKILL);
    EXPECT_FALSE(other->status(handle)->is_running);
}

TEST_F(ProcessExecutorTest, AStrangerWithTheSameNumberIsLeftAlone) {
    auto handle = start("exec sleep 30");
    auto other = make();
    const std::vector<std::pair<std::string, config::Value>> others = {
        {"began", int64_t{1}}, {"boot", "another boot"}, {"pid", int64_t{1}}};
    for (const auto& [key, value] : others) {
        config::Map stranger = handle;
        stranger.set(key, value);
        EXPECT_FALSE(other->status(stranger)->is_running) << key;
        ASSERT_TRUE(other->kill(stranger, true).ok()) << key;
    }
    EXPECT_TRUE(executor_->status(handle)->is_running);
}

TEST_F(ProcessExecutorTest, TellsWhatCannotBeStarted) {
    auto missing = executor_->start({.arguments = {"no-such-program-here"},
                                     .environment = {},
                                     .folder = folder_,
                                     .output_file = folder_ + "/output"});
    ASSERT_FALSE(missing.ok());
    EXPECT_NE(missing.error().message().find("no-such-program-here"), std::string::npos);
    EXPECT_FALSE(executor_->status({}).ok()) << "a handle without a number";
}

}  // namespace
}  // namespace mogura::plugins
