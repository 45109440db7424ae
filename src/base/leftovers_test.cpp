#include "base/leftovers.h"

#include "base/file.h"
#include "base/process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace mogura::base {
namespace {

// The number of a process that has ended and was waited for.
int64_t gone() {
    auto process = Process::start({.arguments = {"true"}, .environment = current_environment()});
    EXPECT_TRUE(process.ok() && process->wait().ok());
    return process->pid();
}

class Leftovers : public testing::Test {
  protected:
    Leftovers() {
        std::string name = (std::filesystem::temp_directory_path() / "leftoversXXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~Leftovers() override { std::filesystem::remove_all(folder_); }

    void touch(const std::string& name) { ASSERT_TRUE(write_file(folder_ + "/" + name, "x").ok()); }

    std::string folder_;
};

TEST_F(Leftovers, OnlyUnfinishedFilesOfDeadProcessesGo) {
    std::string dead = std::to_string(gone());
    std::vector<std::string> stay = {"a.csv",
                                     "a.csv.new." + std::to_string(::getpid()),
                                     "a.csv.new.",
                                     "a.csv.new.x" + dead,
                                     "a.csv.new.0",
                                     "a.csv.new.-1",
                                     "a.csv.new.99999999999999",
                                     "a.csvnew." + dead,
                                     "b.csv.new." + dead};
    for (const std::string& name : stay) touch(name);
    touch("a.csv.new." + dead);
    remove_unfinished(folder_, [](std::string_view name) { return name == "a.csv"; });
    std::ranges::sort(stay);
    EXPECT_EQ(*list_folder(folder_), stay);
}

TEST_F(Leftovers, AFolderGoesWithAllItHolds) {
    int64_t dead = gone();
    ASSERT_TRUE(make_folders(folder_ + "/spill/inside").ok());
    touch("spill/inside/file");
    touch("other");
    remove_leftovers(folder_, [&](std::string_view name) {
        return name == "spill" ? std::optional(dead) : std::nullopt;
    });
    EXPECT_EQ(*list_folder(folder_), std::vector<std::string>{"other"});
    remove_leftovers(folder_ + "/missing", [](std::string_view) { return 1; });
}

TEST_F(Leftovers, TheUnfinishedNameIsOursAndStandsBesideThePlace) {
    EXPECT_EQ(unfinished_path("folder/a.csv"), "folder/a.csv.new." + std::to_string(::getpid()));
}

// Its number is taken as long as nobody has waited for it.
TEST_F(Leftovers, GoWhenNobodyWaitsForTheirProcess) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    siginfo_t ended{};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT), 0);
    const std::string path = folder_ + "/rows.new." + std::to_string(child);
    ASSERT_TRUE(write_file(path, "half").ok());
    remove_unfinished(folder_, [](std::string_view name) { return name == "rows"; });
    EXPECT_FALSE(file_exists(path));
    ::waitpid(child, nullptr, 0);
}

}  // namespace
}  // namespace mogura::base
