#include "plugins/input/table/statement.h"

#include <gtest/gtest.h>

namespace mogura::plugins::source {
namespace {

// Quotes names and nothing else.
class FakeSource final : public Source {
  public:
    Result<> execute(const std::string&) override { return {}; }
    Result<> run(const std::string&) override { return {}; }
    void cancel() override {}
    std::string identifier(const std::string& name) const override { return '"' + name + '"'; }
    std::string literal(const std::string& text) const override { return "'" + text + "'"; }
    Result<std::string> resolve_name(const std::string& table) override { return table; }
    Result<std::vector<std::string>> primary_key(const std::string&) override {
        return std::vector<std::string>();
    }
    Result<std::vector<SourceColumn>> describe(const std::string&) override {
        return std::vector<SourceColumn>();
    }
    Result<> start(const std::string&) override { return {}; }
    Result<bool> next(Cells&) override { return false; }
};

// Embulk 8.7.1, 8.7.2.
TEST(InputStatement, IsBuiltFromTheTable) {
    const FakeSource source;
    Options options;
    EXPECT_EQ(plain_statement(options, source, "inc"), "SELECT * FROM \"inc\"");
    EXPECT_EQ(incremental_statement(options, source, "inc", {"id"}, {}).shown,
              "SELECT * FROM \"inc\" ORDER BY \"id\"");
    const Statement behind = incremental_statement(options, source, "inc", {"id"}, {"5"});
    EXPECT_EQ(behind.shown, "SELECT * FROM \"inc\" WHERE ((\"id\" > ?)) ORDER BY \"id\"");
    EXPECT_EQ(behind.sql, "SELECT * FROM \"inc\" WHERE ((\"id\" > 5)) ORDER BY \"id\"");
    options.select = "id, up";
    options.where = "id > 0";
    const Statement two =
        incremental_statement(options, source, "inc", {"up", "id"}, {"'2018'", "4"});
    EXPECT_EQ(two.shown,
              "SELECT id, up FROM \"inc\" WHERE (id > 0) AND ((\"up\" > ?) OR (\"up\" = ? AND "
              "\"id\" > ?)) ORDER BY \"up\", \"id\"");
    EXPECT_EQ(two.parameters, (std::vector<std::string>{"'2018'", "'2018'", "4"}));
    options.order_by = "id DESC";
    EXPECT_EQ(plain_statement(options, source, "inc"),
              "SELECT id, up FROM \"inc\" WHERE id > 0 ORDER BY id DESC");
}

// Embulk 8.7.3, 11.12.3.
TEST(InputStatement, PutsValuesIntoTheUsersQuery) {
    const auto raw =
        raw_statement("select a::id from t where id > :id and id2 > :id2 or :id = :idx",
                      {"id", "id2"}, {"1", "2"});
    ASSERT_TRUE(raw.ok());
    EXPECT_EQ(raw->shown, "select a::id from t where id > ? and id2 > ? or ? = :idx");
    EXPECT_EQ(raw->sql, "select a::id from t where id > 1 and id2 > 2 or 1 = :idx");
    EXPECT_EQ(raw->parameters, (std::vector<std::string>{"1", "2", "1"}));
    EXPECT_FALSE(raw_statement("select 1", {"id"}, {"1"}).ok());
}

}  // namespace
}  // namespace mogura::plugins::source
