#include "plugins/spare_folders.h"

#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

namespace mogura::plugins {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

class SpareFoldersTest : public testing::Test {
  protected:
    SpareFoldersTest() : root_(testing::TempDir() + "spare_folders_" + std::to_string(::getpid())) {
        fs::create_directories(root_);
    }
    ~SpareFoldersTest() override { fs::remove_all(root_); }

    std::string made(const std::string& name, const std::vector<std::string>& files) {
        const std::string folder = root_ + "/" + name;
        fs::create_directories(folder);
        for (const std::string& file : files) {
            EXPECT_TRUE(base::write_file(folder + "/" + file, "secret").ok());
        }
        return folder;
    }
    std::vector<std::string> names(const std::string& folder) {
        auto found = base::list_folder(folder);
        return found.ok() ? *found : std::vector<std::string>{"no folder"};
    }

    const std::string root_;
};

TEST_F(SpareFoldersTest, PassOnWithTheirFilesAndNothingInThem) {
    SpareFolders spares;
    EXPECT_FALSE(spares.take(root_ + "/two"));
    spares.give(made("one", {"runner.sh", "handle", "output"}));
    EXPECT_FALSE(fs::exists(root_ + "/one"));
    EXPECT_TRUE(spares.take(root_ + "/two"));
    EXPECT_THAT(names(root_ + "/two"), ElementsAre("handle", "runner.sh"));
    EXPECT_EQ(*base::read_file(root_ + "/two/runner.sh"), "");
    EXPECT_FALSE(spares.take(root_ + "/three"));
}

TEST_F(SpareFoldersTest, NothingIsPutOverWhatIsThere) {
    SpareFolders spares;
    spares.give(made("one", {"runner.sh"}));
    made("two", {"handle"});
    EXPECT_FALSE(spares.take(root_ + "/two"));
    EXPECT_EQ(*base::read_file(root_ + "/two/handle"), "secret");
    EXPECT_TRUE(spares.take(root_ + "/three"));
}

TEST_F(SpareFoldersTest, FoldersWithAnythingElseGo) {
    SpareFolders spares;
    spares.give(made("other", {"runner.sh", "output.json"}));
    const std::string precious = root_ + "/precious";
    ASSERT_TRUE(base::write_file(precious, "kept").ok());
    made("link", {"handle"});
    fs::create_symlink(precious, root_ + "/link/runner.sh");
    spares.give(root_ + "/link");
    made("hard", {"handle"});
    fs::create_hard_link(precious, root_ + "/hard/runner.sh");
    spares.give(root_ + "/hard");
    EXPECT_EQ(*base::read_file(precious), "kept");
    EXPECT_THAT(names(root_), ElementsAre("precious"));
    EXPECT_FALSE(spares.take(root_ + "/two"));
}

TEST_F(SpareFoldersTest, NoneStayBehind) {
    // Of a process that was killed: no process has this number.
    made("spare-7.new.4194305", {"handle"});
    {
        SpareFolders spares;
        for (int count = 0; count < 20; ++count) {
            spares.give(made("task-" + std::to_string(count), {"runner.sh", "output"}));
        }
        EXPECT_LE(names(root_).size(), 8u);
    }
    EXPECT_THAT(names(root_), IsEmpty());
}

}  // namespace
}  // namespace mogura::plugins
