#include "cli/check/overview.h"

#include "base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

namespace mogura::cli::check {
namespace {

class Overview : public testing::Test {
  protected:
    Overview() {
        std::string name = (std::filesystem::temp_directory_path() / "overviewXXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~Overview() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& text) {
        ASSERT_TRUE(base::write_file(folder_ + "/main.dig", text).ok());
        auto files = Files::open(folder_);
        ASSERT_TRUE(files.ok()) << files.error().message();
        files_.emplace(std::move(*files));
    }
    const File& file() { return files_->at("main.dig"); }

    std::string folder_;
    std::optional<Files> files_;
    const base::Instant noon_{std::chrono::hours(12)};
};

TEST_F(Overview, TreeAndNextTimes) {
    write(
        "timezone: UTC\nschedule: {daily>: '07:00:00'}\n"
        "+a:\n  echo>: x\n+b:\n  loop>: 2\n  _do:\n    +c: {sh>: 'true'}\n");
    EXPECT_EQ(overview_text(file(), noon_, *base::TimeZone::find("UTC")),
              "main.dig\n"
              "  next run  1970-01-02 07:00:00 +0000 (in 19h 0m 0s), session "
              "1970-01-02T00:00:00+00:00\n"
              "       then  1970-01-03 07:00:00 +0000 (in 43h 0m 0s), session "
              "1970-01-03T00:00:00+00:00\n"
              "       then  1970-01-04 07:00:00 +0000 (in 67h 0m 0s), session "
              "1970-01-04T00:00:00+00:00\n"
              "  +main\n"
              "    +a  echo> x\n"
              "    +b  loop> 2\n"
              "      ^sub\n"
              "        +c  sh> true\n");
    EXPECT_EQ(config::to_json(*overview_value(file(), noon_).find("task_names")),
              R"(["+main","+main+a","+main+b","+main+b^sub","+main+b^sub+c"])");
    EXPECT_EQ(
        config::to_json(overview_value(file(), noon_).find("schedule")->list()[0]),
        R"({"session_time":"1970-01-02T00:00:00+00:00","run_time":"1970-01-02T07:00:00+00:00"})");
}

TEST_F(Overview, WithoutScheduleOrWithABrokenOne) {
    write("timezone: UTC\n+a:\n  echo>: x\n");
    EXPECT_EQ(overview_text(file(), noon_, *base::TimeZone::find("UTC")),
              "main.dig\n  +main\n    +a  echo> x\n");
    EXPECT_EQ(overview_value(file(), noon_).find("schedule"), nullptr);
    write("timezone: UTC\nschedule: {dayly>: x}\n+a:\n  echo>: x\n");
    EXPECT_EQ(overview_value(file(), noon_).find("schedule"), nullptr);
    write("+a: [\n");
    EXPECT_EQ(overview_text(file(), noon_, *base::TimeZone::find("UTC")), "main.dig\n");
}

}  // namespace
}  // namespace mogura::cli::check
