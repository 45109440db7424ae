#include "engine/builtins.h"

#include <gtest/gtest.h>

namespace mogura::engine {
namespace {

std::string text_of(const config::Map& variables, const std::string& suffix) {
    const config::Value* value = variables.find("last_executed_session_" + suffix);
    return value ? config::to_json(*value) : "undefined";
}

// digdag 2.11.3
TEST(Builtins, TheLastExecutedSessionIsTheSchedules) {
    const auto zone = *base::TimeZone::find("Asia/Tokyo");
    store::Attempt attempt;
    for (const char* none : {"", "soon"}) {
        attempt.parameters.set("last_executed_session_time", none);
        config::Map variables = attempt_variables(attempt, zone, false);
        EXPECT_EQ(text_of(variables, "time"), R"("")");
        EXPECT_EQ(text_of(variables, "date"), R"("")");
        EXPECT_EQ(text_of(variables, "unixtime"), R"("")");
        EXPECT_EQ(text_of(variables, "tz_offset"), R"("+0900")");
    }
    attempt.parameters.set("last_executed_session_time", "2026-03-09T23:00:00+09:00");
    config::Map variables = attempt_variables(attempt, zone, false);
    EXPECT_EQ(text_of(variables, "time"), R"("2026-03-09T23:00:00+09:00")");
    EXPECT_EQ(text_of(variables, "date"), R"("2026-03-09")");
    EXPECT_EQ(text_of(variables, "date_compact"), R"("20260309")");
    EXPECT_EQ(text_of(variables, "local_time"), R"("2026-03-09 23:00:00")");
    EXPECT_EQ(text_of(variables, "unixtime"), "1773064800");
    EXPECT_EQ(text_of(variables, "tz_offset"), R"("+0900")");
}

}  // namespace
}  // namespace mogura::engine
