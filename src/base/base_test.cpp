#include "base/file.h"
#include "base/process.h"
#include "base/process_life.h"
#include "base/queue.h"
#include "base/result.h"
#include "base/text.h"

#include <gtest/gtest.h>

#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

namespace mogura::base {
namespace {

std::string fresh_folder() {
    std::string pattern = ::testing::TempDir() + "mogura_XXXXXX";
    return ::mkdtemp(pattern.data());
}

Result<int> half(int number) {
    if (number % 2 != 0) return Error(Code::kInvalid, "odd");
    return number / 2;
}

Result<int> quarter(int number) {
    int once = TRY(half(number));
    return half(once);
}

TEST(Result, TryReturnsTheFirstError) {
    EXPECT_EQ(*quarter(8), 2);
    EXPECT_EQ(quarter(6).error().message(), "odd");
}

TEST(Text, SplitsJoinsAndSuggests) {
    EXPECT_EQ(split("a,b,", ','), (std::vector<std::string>{"a", "b", ""}));
    std::vector<std::string> known = {"long", "double", "string"};
    EXPECT_EQ(did_you_mean("lnog", known), " (did you mean long?)");
    EXPECT_EQ(did_you_mean("zzzzzzzz", known), "");
    EXPECT_EQ(with_thousands(-1234567), "-1,234,567");
    EXPECT_EQ(with_unit_bytes(1536), "1.5 KiB");
}

TEST(File, ReplacesInOneStepAndReadsBack) {
    std::string path = fresh_folder() + "/x";
    ASSERT_TRUE(write_file(path, "one").ok());
    ASSERT_TRUE(write_file(path, "two").ok());
    EXPECT_EQ(*read_file(path), "two");
    EXPECT_EQ(list_folder(std::filesystem::path(path).parent_path())->size(), 1u);
}

TEST(File, SaysWhichPathIsMissing) {
    auto missing = read_file("/no/such/file");
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().code(), Code::kNotFound);
    EXPECT_EQ(missing.error().message(), "/no/such/file: cannot open: No such file or directory");
}

TEST(File, MapsNoFolder) {
    auto mapped = MappedFile::open("/tmp");
    ASSERT_FALSE(mapped.ok());
    EXPECT_EQ(mapped.error().message(), "/tmp: cannot read: it is a folder");
}

TEST(Process, RunsWithEnvironmentAndFolder) {
    std::string folder = fresh_folder();
    auto finished = run({.arguments = {"/bin/sh", "-c", "echo $WORD; pwd; exit 3"},
                         .environment = {{"WORD", "mole"}},
                         .folder = folder});
    ASSERT_TRUE(finished.ok());
    EXPECT_EQ(finished->output, "mole\n" + folder + "\n");
    EXPECT_EQ(finished->exit.code, 3);
}

TEST(Process, ReportsAMissingProgram) {
    auto process = Process::start({.arguments = {"/no/such/program"}, .environment = {}});
    ASSERT_FALSE(process.ok());
    EXPECT_EQ(process.error().code(), Code::kNotFound);
}

TEST(ProcessLife, TellsAProcessFromAStrangerWithItsNumber) {
    const std::string own = this_process();
    EXPECT_TRUE(is_running(own));
    const std::string realm = own.substr(0, own.find(' ', own.find(' ') + 1) + 1);
    EXPECT_FALSE(is_running(realm + std::to_string(::getpid()) + " 1"));
    EXPECT_FALSE(is_running("another machine " + own));
    EXPECT_FALSE(is_running(""));
    auto child =
        Process::start({.arguments = {"sleep", "60"}, .environment = current_environment()});
    ASSERT_TRUE(child.ok());
    auto life = process_life(child->pid());
    ASSERT_TRUE(life);
    const std::string other =
        realm + std::to_string(child->pid()) + " " + std::to_string(life->began);
    EXPECT_TRUE(is_running(other));
    ASSERT_TRUE(child->kill(SIGKILL).ok());
    ASSERT_TRUE(child->wait().ok());
    EXPECT_FALSE(is_running(other));
}

TEST(Process, KillReachesTheWholeGroup) {
    auto process = Process::start({.arguments = {"/bin/sh", "-c", "sleep 100 & wait"},
                                   .environment = current_environment(),
                                   .own_group = true});
    ASSERT_TRUE(process.ok());
    EXPECT_FALSE(process->poll()->has_value());
    ASSERT_TRUE(process->kill(9).ok());
    EXPECT_EQ(process->wait()->signal, 9);
}

TEST(Queue, WaitsWhenFullAndEndsWhenClosed) {
    Queue<int> queue(1);
    std::jthread producer([&] {
        for (int number = 0; number < 3; ++number) queue.push(number);
        queue.close();
    });
    for (int number = 0; number < 3; ++number) EXPECT_EQ(queue.pop(), number);
    EXPECT_EQ(queue.pop(), std::nullopt);
}

}  // namespace
}  // namespace mogura::base
