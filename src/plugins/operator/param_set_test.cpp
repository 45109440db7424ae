// param_set> and param_get> over a store in memory (spec digdag 4.14).

#include "plugins/operator/operator_bench.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::plugins {
namespace {

using testing::HasSubstr;

// digdag 4.14.1 to 4.14.3
TEST(SharedParameters, AreSetAndRead) {
    Bench bench;
    EXPECT_EQ(message(bench.run("param_set", R"({"a":1,"b":"é","n":null})")), "no failure");
    EXPECT_EQ(stored(bench.run("param_get", R"({"a":"x","b":"y","c":"z","d":null})")),
              R"({"x":"1","y":"é","z":""})");
    EXPECT_THAT(message(bench.run("param_set", R"({"a":[1]})")), HasSubstr("key 'a'"));
    bench.settings["param_server.type"] = "mysql";
    EXPECT_THAT(message(bench.run("param_set", R"({"a":1})")), HasSubstr("not supported: mysql"));
    bench.settings = {{"param_server.type", "redis"}, {"param_server.port", "1"}};
    EXPECT_THAT(message(bench.run("param_get", R"({"a":"x"})")),
                HasSubstr("Redis at localhost:1: cannot connect"));
    bench.settings["param_server.ssl"] = "true";
    EXPECT_THAT(message(bench.run("param_get", R"({"a":"x"})")), HasSubstr("over TLS"));
    bench.settings.clear();
    bench.compatibility = engine::Compatibility::kStrict;
    EXPECT_EQ(message(bench.run("param_get", R"({"a":"x"})")),
              "param_server.type is required to use this operator. (config)");
}

}  // namespace
}  // namespace mogura::plugins
