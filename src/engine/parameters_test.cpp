#include "engine/parameters.h"

#include "engine/retry.h"

#include <gtest/gtest.h>

namespace mogura::engine {
namespace {

using config::Map;
using config::Value;

Map with(const char* name, Value value) {
    Map map;
    map.set(name, std::move(value));
    return map;
}

// digdag 2.8.15
TEST(Parameters, MissingAndNullAreToldApart) {
    EXPECT_EQ(required_text({}, "x").error().message(), "Parameter 'x' is required but not set");
    EXPECT_EQ(required_text(with("x", nullptr), "x").error().message(),
              "Parameter 'x' is required but null");
}

// digdag 2.9.1
TEST(Parameters, ScalarsAreReadAsText) {
    EXPECT_EQ(*to_text(1, "x"), "1");
    EXPECT_EQ(*to_text(true, "x"), "true");
    EXPECT_FALSE(to_text(config::List{1}, "x").ok());
}

// digdag 2.9.2
TEST(Parameters, TextIsReadAsInteger) {
    EXPECT_EQ(*to_integer("10", "x"), 10);
    EXPECT_EQ(*to_integer("", "x"), 0);
    EXPECT_EQ(*to_integer(1.9, "x"), 1);
    EXPECT_FALSE(to_integer("abc", "x").ok());
    EXPECT_FALSE(to_integer("1.5", "x").ok());
}

// digdag 2.9.3
TEST(Parameters, OnlyTrueAndFalseAreBooleans) {
    EXPECT_TRUE(*to_boolean(" True ", "x"));
    EXPECT_FALSE(*to_boolean("", "x"));
    EXPECT_TRUE(*to_boolean(2, "x"));
    EXPECT_EQ(to_boolean("1", "x").error().message(),
              "Expected 'true' or 'false' for key 'x' but got \"1\" (string)");
}

// digdag 4.0.6
TEST(Parameters, DurationsNeedUnitsInOrder) {
    EXPECT_EQ(*parse_duration("1h 30m"), std::chrono::seconds(5'400));
    EXPECT_EQ(*parse_duration("2D4s"), std::chrono::seconds(2 * 86'400 + 4));
    for (const char* bad : {"", "10", "1m 1h", "1x", "h"}) EXPECT_FALSE(parse_duration(bad).ok());
}

// digdag 2.5.1, 2.5.3
TEST(Retry, ReadsAllForms) {
    EXPECT_EQ(read_retry(with("_retry", 3))->limit, 3);
    EXPECT_EQ(read_retry(with("_retry", "3"))->limit, 3);
    EXPECT_EQ(read_retry({})->limit, 0);
    EXPECT_FALSE(read_retry(with("_retry", config::List{})).ok());
    Map options;
    options.set("limit", 3);
    options.set("interval", 10);
    options.set("interval_type", "Exponential");
    auto policy = *read_retry(with("_retry", options));
    EXPECT_EQ(policy.wait_after(0), std::chrono::seconds(10));
    EXPECT_EQ(policy.wait_after(2), std::chrono::seconds(40));
    EXPECT_EQ(policy.wait_after(3), std::nullopt);
    options.set("interval_type", "sometimes");
    EXPECT_EQ(read_retry(with("_retry", options)).error().message(),
              "Invalid retry_interval_type: sometimes");
}

}  // namespace
}  // namespace mogura::engine
