#include "cli/local_secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

namespace mogura::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// 7.1
TEST(LocalSecrets, Keys) {
    for (const char* good : {"a", "a1", "a.b", "my_key", "a-b.c_d.E9", "A"}) {
        EXPECT_TRUE(is_secret_key(good)) << good;
    }
    for (const char* bad : {"", "1a", "a.", ".a", "a..b", "a_", "a-", "_a", "a b", "../a", "a/b",
                            "a.1", "\xC3\xA9"}) {
        EXPECT_FALSE(is_secret_key(bad)) << bad;
    }
    EXPECT_TRUE(is_secret_key(std::string(255, 'a')));
    EXPECT_FALSE(is_secret_key(std::string(256, 'a')));
}

class LocalSecretFiles : public testing::Test {
  protected:
    ~LocalSecretFiles() override { std::filesystem::remove_all(root_); }
    const std::string root_ = testing::TempDir() + "secrets_" +
                              testing::UnitTest::GetInstance()->current_test_info()->name();
    const LocalSecrets secrets_{{{"secrets.from.property", "p"}, {"secrets.both", "property"}},
                                root_ + "/config/secrets"};
};

// 7.11, 7.13
TEST_F(LocalSecretFiles, SetFindListErase) {
    EXPECT_TRUE(secrets_.keys()->empty());
    EXPECT_FALSE(secrets_.find("my.key")->has_value());
    ASSERT_TRUE(secrets_.set("my.key", "a$b\\c\n").ok());
    ASSERT_TRUE(secrets_.set("both", "file").ok());
    EXPECT_EQ(**secrets_.find("my.key"), "a$b\\c\n");
    EXPECT_EQ(**secrets_.find("from.property"), "p");
    EXPECT_EQ(**secrets_.find("both"), "property");
    EXPECT_THAT(*secrets_.keys(), ElementsAre("both", "my.key"));
    ASSERT_TRUE(secrets_.erase("my.key").ok());
    ASSERT_TRUE(secrets_.erase("my.key").ok());
    EXPECT_FALSE(secrets_.find("my.key")->has_value());
}

TEST_F(LocalSecretFiles, NobodyElseReadsThem) {
    ASSERT_TRUE(secrets_.set("my.key", "1").ok());
    struct stat status{};
    ASSERT_EQ(::stat((root_ + "/config/secrets/my.key").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    ASSERT_EQ(::stat((root_ + "/config/secrets").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0700U);
}

TEST_F(LocalSecretFiles, RefusesWhatIsNoSecret) {
    EXPECT_THAT(secrets_.set("1bad", "x").error().message(), HasSubstr("'1bad'"));
    EXPECT_FALSE(secrets_.erase("../x").ok());
    EXPECT_FALSE(secrets_.find("../../etc/passwd")->has_value());
    EXPECT_TRUE(secrets_.set("big", std::string(kSecretBytesMax, 'x')).ok());
    EXPECT_FALSE(secrets_.set("big", std::string(kSecretBytesMax + 1, 'x')).ok());
}

}  // namespace
}  // namespace mogura::cli
