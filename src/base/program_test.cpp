#include "base/program.h"

#include "base/file.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace mogura::base {
namespace {

TEST(Program, SaysWhatKeepsItFromRunning) {
    const std::string folder = testing::TempDir() + "programs";
    std::filesystem::remove_all(folder);
    ASSERT_TRUE(make_folders(folder + "/inner").ok());
    ASSERT_TRUE(write_file(folder + "/text", "x").ok());
    ASSERT_TRUE(write_file(folder + "/tool", "#!/bin/sh\n").ok());
    std::filesystem::permissions(folder + "/tool", std::filesystem::perms::owner_all);
    EXPECT_EQ(program_problem(folder + "/none", "x"), "no such program: x");
    EXPECT_EQ(program_problem(folder + "/inner", "x"),
              "a folder, not a program: x (name the file)");
    EXPECT_EQ(program_problem(folder + "/text", "x"), "not executable: x (chmod +x it)");
    EXPECT_EQ(program_problem(folder + "/tool", "x"), std::nullopt);

    const std::string path = "/nowhere:" + folder + "/inner:" + folder;
    EXPECT_EQ(find_program("tool", path), folder + "/tool");
    EXPECT_EQ(find_program("text", path), std::nullopt);
    EXPECT_EQ(find_program("inner", path), std::nullopt);
    EXPECT_EQ(find_program("inner/tool", path), std::nullopt);
    EXPECT_EQ(find_program("tool", ""), std::nullopt);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace mogura::base
