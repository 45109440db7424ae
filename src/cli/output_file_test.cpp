#include "cli/output_file.h"

#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace mogura::cli {
namespace {

using testing::HasSubstr;

TEST(OutputFile, IsTriedBeforeTheWork) {
    namespace fs = std::filesystem;
    auto check = [](const std::string& path) {
        return check_output_file("--report", path, "run.html");
    };
    const fs::path folder = fs::path(testing::TempDir()) / "output-file";
    fs::remove_all(folder);
    fs::create_directories(folder);
    EXPECT_TRUE(check((folder / "run.html").string()).ok());
    EXPECT_TRUE(fs::is_empty(folder));
    ASSERT_TRUE(base::write_file((folder / "old.html").string(), "old").ok());
    EXPECT_TRUE(check((folder / "old.html").string()).ok());
    EXPECT_EQ(*base::read_file((folder / "old.html").string()), "old");

    auto nowhere = check((folder / "none/run.html").string());
    ASSERT_FALSE(nowhere.ok());
    EXPECT_EQ(nowhere.error().message(), "--report: " + folder.string() +
                                             "/none/run.html: cannot create: No such file or "
                                             "directory (make the folder first: " +
                                             folder.string() + "/none)");
    auto below_a_file = check((folder / "old.html/run.html").string());
    ASSERT_FALSE(below_a_file.ok());
    EXPECT_THAT(below_a_file.error().message(), HasSubstr("Not a directory"));
    auto is_folder = check(folder.string());
    ASSERT_FALSE(is_folder.ok());
    EXPECT_THAT(is_folder.error().message(), HasSubstr("is a folder (name a file, such as "));
    fs::remove_all(folder);
}

}  // namespace
}  // namespace mogura::cli
