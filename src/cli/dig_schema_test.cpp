#include "cli/dig_schema.h"

#include "plugins/plugins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::cli {
namespace {

using testing::HasSubstr;

TEST(DigSchema, KnowsEveryOperatorAndRefersToItself) {
    plugins::Registry registry;
    plugins::add_all(registry);
    config::Map schema = dig_schema(registry.operators);
    std::string json = config::to_json(schema);
    for (const std::string& name : registry.operators.names()) {
        EXPECT_THAT(json, HasSubstr("\"" + name + ">\":{\"description\":"));
    }
    EXPECT_THAT(json, HasSubstr(R"("$ref":"#/$defs/task")"));
    ASSERT_TRUE(schema.find("$defs"));
    EXPECT_TRUE(schema.find("$defs")->find("task"));
    EXPECT_TRUE(schema.find("properties")->find("schedule")->find("properties")->find("daily>"));
    EXPECT_TRUE(schema.find("patternProperties")->find("^\\+"));
    EXPECT_FALSE(schema.find("additionalProperties")->boolean());
}

}  // namespace
}  // namespace mogura::cli
