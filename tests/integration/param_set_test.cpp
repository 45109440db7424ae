// param_set> and param_get> with a PostgreSQL as the parameter server (spec digdag 4.14.4).

#include "plugins/operator/operator_bench.h"
#include "postgresql_fixture.h"

namespace mogura::integration {
namespace {

using plugins::message;
using plugins::stored;
using testing::ElementsAre;
using testing::HasSubstr;

class ParamServerTest : public PostgresqlTest {
  protected:
    ParamServerTest() {
        database::PostgresqlOptions server = options();
        bench_.settings = {{"param_server.type", "postgresql"},
                           {"param_server.host", server.host},
                           {"param_server.port", std::to_string(server.port)},
                           {"param_server.user", server.user},
                           {"param_server.password", server.password},
                           {"param_server.database", server.database}};
    }
    plugins::Bench bench_;
};

TEST_F(ParamServerTest, SetsAndGets) {
    EXPECT_EQ(message(bench_.run("param_get", R"({"a":"x"})")), "no failure");  // makes the table
    EXPECT_EQ(message(bench_.run("param_set", R"({"a":"é","b":1})")), "no failure");
    EXPECT_EQ(message(bench_.run("param_set", R"({"b":2})")), "no failure");
    EXPECT_EQ(stored(bench_.run("param_get", R"({"a":"x","b":"y","c":"z"})")),
              R"({"x":"é","y":"2","z":""})");
    EXPECT_THAT(rows("SELECT key, value, value_type, site_id FROM params ORDER BY key"),
                ElementsAre(R"(a|{"value": "é"}|0|0)", R"(b|{"value": "2"}|0|0)"));
    execute("UPDATE params SET updated_at = now() - interval '91 days' WHERE key = 'a'");
    EXPECT_EQ(stored(bench_.run("param_get", R"({"a":"x","b":"y"})")), R"({"x":"","y":"2"})");
}

TEST_F(ParamServerTest, SaysWhatIsWrong) {
    bench_.settings["param_server.database"] = "none";
    EXPECT_THAT(message(bench_.run("param_get", R"({"a":"x"})")), HasSubstr("none"));
}

}  // namespace
}  // namespace mogura::integration
