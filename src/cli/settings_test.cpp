#include "cli/settings.h"

#include "base/file.h"
#include "cli/house.h"
#include "cli/system_zone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace mogura::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Words = std::vector<std::string>;

class Settings : public testing::Test {
  protected:
    Settings() {
        folder_ = testing::TempDir() + "settings_" +
                  testing::UnitTest::GetInstance()->current_test_info()->name();
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_ + "/.config/digdag");
        house_.environment["HOME"] = folder_;
    }
    ~Settings() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) {
        ASSERT_TRUE(base::write_file(folder_ + "/" + name, text).ok());
    }

    std::string folder_;
    House house_;
};

TEST_F(Settings, ConfigHome) {
    EXPECT_EQ(config_home({{"HOME", "/h"}}), "/h/.config/digdag");
    EXPECT_EQ(config_home({{"HOME", "/h"}, {"XDG_CONFIG_HOME", "/x"}}), "/x/digdag");
    EXPECT_EQ(config_home({{"DIGDAG_CONFIG_HOME", "d"}, {"XDG_CONFIG_HOME", "/x"}}), "d");
}

// 9.2.9
TEST_F(Settings, LaterSourcesWin) {
    write(".config/digdag/config", "a=file\nb=file\nc=file\n");
    write("own", "c=own\nd=own\n");
    house_.environment["DIGDAG_CONFIG"] = "b=environment\nd=environment";
    auto rest = take_settings(house_, Words{"-X", "d=option", "main.dig", "-Xe=1", "-p", "x=1"});
    ASSERT_TRUE(rest.ok()) << rest.error().message();
    EXPECT_THAT(*rest, ElementsAre("main.dig", "-p", "x=1"));
    EXPECT_EQ(
        house_.properties,
        (Properties{
            {"a", "file"}, {"b", "environment"}, {"c", "file"}, {"d", "option"}, {"e", "1"}}));

    rest = take_settings(house_, Words{"-X", "d=option", "-c", folder_ + "/own"});
    ASSERT_TRUE(rest.ok()) << rest.error().message();
    EXPECT_EQ(house_.properties, (Properties{{"b", "environment"}, {"c", "own"}, {"d", "own"}}));
}

TEST_F(Settings, NamesWhatIsWrong) {
    auto missing = take_settings(house_, Words{"-c", "nope.properties"});
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().message(), "nope.properties (no such file)");
    auto pair = take_settings(house_, Words{"-X", "novalue"});
    ASSERT_FALSE(pair.ok());
    EXPECT_THAT(pair.error().message(), HasSubstr("form a=b but got:novalue"));
}

// 9.2.8
TEST_F(Settings, PropertiesGiveParameters) {
    auto parameters = parameters_of({{"params.a.b", "1"}, {"params.c", "x"}, {"other", "y"}});
    ASSERT_TRUE(parameters.ok());
    EXPECT_EQ(config::to_json(*parameters), R"({"a":{"b":"1"},"c":"x"})");
    EXPECT_FALSE(parameters_of({{"params.a", "1"}, {"params.a.b", "2"}}).ok());
}

// digdag 2.8.1
TEST_F(Settings, DefaultParametersStandBelowAllOthers) {
    auto parameters = parameters_of(
        {{"digdag.defaultParams", R"({"a":{"b":1,"x":2},"c":[3]})"}, {"params.a.b", "mine"}});
    ASSERT_TRUE(parameters.ok());
    EXPECT_EQ(config::to_json(*parameters), R"({"a":{"b":"mine","x":2},"c":[3]})");
    for (const char* broken : {"{", "[1]", "x"}) {
        auto failed = parameters_of({{"digdag.defaultParams", broken}});
        ASSERT_FALSE(failed.ok()) << broken;
        EXPECT_THAT(failed.error().message(), HasSubstr("digdag.defaultParams")) << broken;
    }
}

// digdag 2.10.5, 2.10.7
TEST_F(Settings, LimitOnAttempts) {
    EXPECT_EQ(*attempts_max(house_), 100);
    house_.properties = {{"io.digdag.limits.maxAttempts", "20"}};
    EXPECT_EQ(*attempts_max(house_), 20);
    house_.properties["executor.attempt_max_run"] = "3";
    EXPECT_EQ(*attempts_max(house_), 3);
    house_.properties["executor.attempt_max_run"] = "0";
    EXPECT_THAT(attempts_max(house_).error().message(), HasSubstr("executor.attempt_max_run"));
}

// digdag 2.10.11
TEST_F(Settings, LimitsOnTime) {
    auto limits = *time_limits(house_);
    EXPECT_EQ(limits.attempt, std::chrono::hours(7 * 24));
    EXPECT_EQ(limits.task, std::chrono::hours(24));
    EXPECT_EQ(limits.interval, std::chrono::seconds(5));
    house_.properties = {{"executor.attempt_ttl", "1h 30m"}, {"executor.task_ttl", "90s"}};
    limits = *time_limits(house_);
    EXPECT_EQ(limits.attempt, std::chrono::minutes(90));
    EXPECT_EQ(limits.task, std::chrono::seconds(90));
    house_.properties["executor.task_ttl"] = "soon";
    EXPECT_THAT(time_limits(house_).error().message(), HasSubstr("executor.task_ttl"));
}

// digdag 2.10.6, 2.10.7
TEST_F(Settings, LimitOnTasks) {
    EXPECT_EQ(*tasks_max(house_), 1'000'000);
    house_.called_as = "digdag";
    EXPECT_EQ(*tasks_max(house_), 1'000);
    house_.properties = {{"io.digdag.limits.maxWorkflowTasks", "20"}};
    EXPECT_EQ(*tasks_max(house_), 20);
    house_.properties["executor.task_max_run"] = "15";
    EXPECT_EQ(*tasks_max(house_), 15);
    house_.properties["executor.task_max_run"] = "many";
    EXPECT_THAT(tasks_max(house_).error().message(), HasSubstr("executor.task_max_run"));
}

// 9.2.10
TEST(SystemZone, TimesForPeople) {
    EXPECT_EQ(system_zone({{"TZ", "Asia/Tokyo"}}).name(), "Asia/Tokyo");
    EXPECT_EQ(system_zone({{"TZ", "no such zone"}}).name(), "UTC");
    base::Instant noon(std::chrono::hours(12));
    EXPECT_EQ(format_local(noon, *base::TimeZone::find("Asia/Tokyo")), "1970-01-01 21:00:00 +0900");
    auto at = [&](int64_t seconds) {
        return format_distance(noon, noon + std::chrono::seconds(seconds));
    };
    EXPECT_EQ(at(0), "in 0s");
    EXPECT_EQ(at(59), "in 59s");
    EXPECT_EQ(at(61), "in 1m 1s");
    EXPECT_EQ(at(-3603), "1h 0m 3s ago");
    EXPECT_EQ(at(400 * 3600), "in 400h 0m 0s");
}

}  // namespace
}  // namespace mogura::cli
