#include "cli/dig_schema.h"

#include "base/file.h"
#include "cli/near_words.h"
#include "plugins/plugins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>

namespace mogura::cli {
namespace {

using testing::HasSubstr;

class DigSchema : public testing::Test {
  protected:
    DigSchema() { plugins::add_all(registry_); }
    plugins::Registry registry_;
};

// tests/e2e/schema.sh validates files with it.
TEST_F(DigSchema, KnowsEveryOperatorAndRefersToItself) {
    config::Map schema = dig_schema(registry_.operators);
    std::string json = config::to_json(schema);
    for (const std::string& name : registry_.operators.names()) {
        EXPECT_THAT(json, HasSubstr("\"" + name + ">\":{\"description\":"));
    }
    EXPECT_THAT(json, HasSubstr(R"("$ref":"#/$defs/task")"));
    ASSERT_TRUE(schema.find("$defs"));
    EXPECT_TRUE(schema.find("$defs")->find("task"));
    EXPECT_TRUE(schema.find("properties")->find("schedule")->find("properties")->find("daily>"));
    EXPECT_TRUE(schema.find("patternProperties")->find("^\\+"));
    EXPECT_FALSE(schema.find("additionalProperties")->boolean());
}

TEST_F(DigSchema, OptionsAreThoseThatTheOperatorsSay) {
    size_t checked = 0;
    for (const std::string& name : registry_.operators.names()) {
        std::string message;
        auto made = registry_.operators.make(name, message);
        ASSERT_TRUE(made) << name << ": " << message;
        auto keys = made->keys();
        if (!keys) continue;
        std::set<std::string> said;
        for (const std::string& key : *keys) {
            if (!key.starts_with("_")) said.insert(key);
        }
        std::set<std::string> offered;
        for (const auto& option : made->options().options) {
            if (!option.help.empty()) offered.insert(option.name);
        }
        EXPECT_EQ(offered, said) << name;
        ++checked;
    }
    EXPECT_GE(checked, 6u);
}

TEST_F(DigSchema, OffersOptionsThatAreReadSomewhere) {
    std::string sources;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             std::string(MOGURA_SOURCE) + "/src/plugins")) {
        std::string path = entry.path().string();
        if (!path.ends_with(".cpp") || path.ends_with("_test.cpp")) continue;
        auto text = base::read_file(path);
        ASSERT_TRUE(text.ok());
        sources += *text;
    }
    const config::Map schema = dig_schema(registry_.operators);
    const config::Value* rules = schema.find("$defs")->find("keys")->find("allOf");
    ASSERT_TRUE(rules);
    size_t offered = 0;
    for (const config::Value& rule : rules->list()) {
        for (const auto& option : rule.find("then")->find("properties")->map()) {
            EXPECT_FALSE(option.value.find("description")->string().empty()) << option.key;
            // debug is accepted, and read by nobody.
            if (option.key != "debug") {
                EXPECT_THAT(sources, HasSubstr("\"" + option.key + "\""));
            }
            ++offered;
        }
    }
    EXPECT_GE(offered, 60u);
}

TEST(NearWords, AreOneStepAway) {
    const std::regex pattern(near_words_pattern({"echo", "sh", "fail", "mail", "athena.query"}));
    auto is_near = [&](const char* word) { return std::regex_search(word, pattern); };
    for (const char* word : {"ehco>", "ech>", "echoo>", "ecko>", "xecho>", "athena.qery>"}) {
        EXPECT_TRUE(is_near(word)) << word;
    }
    for (const char* word : {"echo>", "fail>", "mail>", "sh>", "shh>", "h>", "other>", "echo", "e>",
                             "athenaxquery", "athena.query>"}) {
        EXPECT_FALSE(is_near(word)) << word;
    }
}

// Words of the original that are not here are no mistakes of writing.
TEST_F(DigSchema, WordsThatAreAbsentAreNotMistaken) {
    const std::regex pattern(near_words_pattern(registry_.operators.names()));
    for (const char* word : {"td>", "td_load>", "td_for_each>", "td_wait>", "bq>", "s3_wait>",
                             "emr>", "gcs_wait>", "redshift_load>", "athena.query>"}) {
        EXPECT_FALSE(std::regex_search(word, pattern)) << word;
    }
}

}  // namespace
}  // namespace mogura::cli
