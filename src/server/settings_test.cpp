#include "server/settings.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

namespace mogura::server {
namespace {

using std::chrono::milliseconds;

// Gives two rows; its `name` depends on the option `prefix`.
class FakeEngine final : public query::Engine {
  public:
    explicit FakeEngine(std::string prefix) : prefix_(std::move(prefix)) {}
    Result<std::unique_ptr<query::Rows>> execute(const query::Text& text) override {
        if (text.sql.find("\"t\"") == text.sql.npos) return Error(Code::kInvalid, "no such table");
        return std::make_unique<TwoRows>(prefix_);
    }
    void cancel() override {}

  private:
    class TwoRows final : public query::Rows {
      public:
        explicit TwoRows(std::string prefix) : prefix_(std::move(prefix)) {}
        const page::Schema& schema() const override { return schema_; }
        Result<bool> next(page::Page& page) override {
            if (std::exchange(given_, true)) return false;
            page::Builder builder(schema_);
            for (int64_t id : {2, 1}) {
                builder.set_long(0, id);
                builder.set_text(1, prefix_ + std::to_string(id));
                builder.end_row();
            }
            page = builder.finish();
            return true;
        }

      private:
        const page::Schema schema_{{{.name = "id", .type = page::Type::kLong},
                                    {.name = "name", .type = page::Type::kString}}};
        const std::string prefix_;
        bool given_ = false;
    };
    const std::string prefix_;
};

class SettingsTest : public testing::Test {
  protected:
    SettingsTest() {
        engines_.engines.add(
            "fake", "A fake.",
            [](config::Reader& reader) {
                return reader.required<std::string>("database", "File.");
            },
            [](const std::string& database,
               const query::Context&) -> Result<std::unique_ptr<query::Engine>> {
                return std::make_unique<FakeEngine>(database);
            });
    }

    Result<Settings> read(const std::string& yaml, const Flags& flags = {}) {
        auto root = config::parse_yaml(yaml, {.file = "s.yml"});
        return read_settings(root->map(), "s.yml", flags, engines_);
    }

    query::Engines engines_;
};

TEST_F(SettingsTest, ReadsAFileAndLetsFlagsWin) {
    auto settings = read(
        R"(
listen: 0.0.0.0:80
refresh: 5s
tables:
  - name: a
    key: id
    source: {type: fake, database: x, table: t}
  - name: b
    refresh: 250ms
    max_shrink_percent: 0
    source: {type: snapshot, path: b.snapshot}
)",
        {.listen = "[::1]:0", .max_shrink = "20", .tables = {"c=fake:d/e/t?key=id&refresh=1h"}});
    ASSERT_TRUE(settings.ok()) << settings.error().message();
    EXPECT_EQ(settings->address, "::1");
    EXPECT_EQ(settings->port, 0);
    ASSERT_EQ(settings->tables.size(), 3u);
    EXPECT_EQ(settings->tables[0].sql, "SELECT * FROM \"t\"");
    EXPECT_EQ(settings->tables[0].options.refresh, milliseconds(5000));
    EXPECT_EQ(settings->tables[0].options.max_shrink_percent, 20);
    EXPECT_EQ(settings->tables[1].options.refresh, milliseconds(250));
    EXPECT_EQ(settings->tables[1].options.max_shrink_percent, 0);
    EXPECT_EQ(settings->tables[2].options.refresh, milliseconds(3'600'000));
    EXPECT_EQ(settings->tables[2].description, "fake d/e/t");
}

TEST_F(SettingsTest, NamesAllProblemsAtOnce) {
    auto settings = read(R"(
listen: here
tables:
  - name: a
    source: {type: fak, table: t}
  - name: a
    key: id
    source: {type: fake, databas: x, table: t, query: SELECT 1}
)",
                         {.tables = {"x"}});
    ASSERT_FALSE(settings.ok());
    const std::string& message = settings.error().message();
    for (const char* part :
         {"s.yml:2:1: listen: must be ADDRESS:PORT",
          "s.yml:5:14: tables[0].source.type: unknown source: fak (did you mean fake?)",
          "tables[0].key: this option is required", "tables[1].name: there are two tables called a",
          "tables[1].source.query: give either table or query",
          "tables[1].source.database: this option is required",
          "tables[1].source.databas: unknown option (did you mean database?)",
          "--table x: must be"}) {
        EXPECT_NE(message.find(part), std::string::npos) << part << "\nin\n" << message;
    }
}

TEST_F(SettingsTest, QuotesTablesAsTheEngineWants) {
    EXPECT_EQ(select_all("sqlite", "a\"b"), "SELECT * FROM \"a\"\"b\"");
    EXPECT_EQ(select_all("mysql", "ads.slots"), "SELECT * FROM `ads`.`slots`");
}

TEST_F(SettingsTest, LimitsHowLongAServerMayBeSilent) {
    config::Map options;
    options.set("host", "db1");
    EXPECT_EQ(config::to_json(with_time_limits(options, "mysql")),
              R"({"host":"db1","options":{"connectTimeout":10000,"socketTimeout":60000}})");
    config::Map own;
    own.set("socketTimeout", 0);
    options.set("options", own);
    EXPECT_EQ(config::to_json(with_time_limits(options, "mysql")),
              R"({"host":"db1","options":{"socketTimeout":0,"connectTimeout":10000}})");
    options.set("options", "none");
    EXPECT_EQ(with_time_limits(options, "mysql"), options);
    EXPECT_EQ(with_time_limits({}, "sqlite"), config::Map());
}

TEST_F(SettingsTest, AsksNoSourceOnceItIsCanceled) {
    base::SystemClock clock;
    bool is_asked = false;
    auto source = make_query_source({.table = "a",
                                     .key = "id",
                                     .sql = "SELECT 1",
                                     .description = "",
                                     .connect = [&]() -> Result<std::unique_ptr<query::Engine>> {
                                         is_asked = true;
                                         return Error(Code::kUnavailable, "silent");
                                     }},
                                    clock);
    source->cancel();
    EXPECT_EQ(source->load().error().code(), Code::kCanceled);
    EXPECT_FALSE(is_asked);
}

TEST_F(SettingsTest, ReadsTimes) {
    EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
    EXPECT_EQ(parse_duration("60"), milliseconds(60'000));
    EXPECT_EQ(parse_duration("5m"), milliseconds(300'000));
    for (const char* text : {"", "s", "0s", "-1s", "5 s", "1d", "9999999999h"}) {
        EXPECT_FALSE(parse_duration(text).has_value()) << text;
    }
}

TEST_F(SettingsTest, ASourceOfRowsKnowsWhetherTheyChanged) {
    base::SystemClock clock;
    auto settings =
        read("tables: [{name: a, key: id, source: {type: fake, database: x, table: t}}]");
    ASSERT_TRUE(settings.ok()) << settings.error().message();
    auto source = make_source(settings->tables[0], engines_, {}, clock);
    auto first = source->load();
    ASSERT_TRUE(first.ok()) << first.error().message();
    EXPECT_EQ((*first)->find(int64_t{2})->text_at(1), "x2");
    EXPECT_EQ(*source->load(), nullptr);
    source->cancel();
    EXPECT_EQ(source->load().error().code(), Code::kCanceled);
}

}  // namespace
}  // namespace mogura::server
