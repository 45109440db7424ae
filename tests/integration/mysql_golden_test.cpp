// The rows of the golden table of embulk 9.12 that want MySQL.

#include "golden_rows.h"
#include "mysql_fixture.h"

namespace mogura::integration {
namespace {

class MysqlGolden : public MysqlTest {
  protected:
    MysqlGolden() {
        plugins::add_all(plugins_);
        execute("set global log_output = 'TABLE'");
        execute("set global general_log = 1");
    }
    ~MysqlGolden() override { execute("set global general_log = 0"); }

    std::vector<std::string> new_statements() {
        auto statements = rows(
            "select argument from mysql.general_log where thread_id <> connection_id() and "
            "command_type in ('Query', 'Execute')");
        execute("truncate mysql.general_log");
        return statements;
    }

    void drop_everything() {
        for (const std::string& table : tables()) execute("drop table `" + table + "`");
    }

    plugins::Registry plugins_;
};

TEST_F(MysqlGolden, RowsGiveWhatIsRecorded) {
    const GoldenServer golden = {
        .word = "mysql",
        .connection = connection_options(),
        .execute =
            [this](const std::string& sql) {
                for (const auto statement : database::split_mysql_statements(sql)) {
                    execute(std::string(statement));
                }
            },
        .rows = [this](const std::string& sql) { return rows(sql); },
        .tables = [this] { return tables(); },
        .drop_everything = [this] { drop_everything(); },
        .statements = [this] { return new_statements(); },
    };
    const load::Context context{
        .clock = clock_, .compat = load::Compat::kStrict, .plugins = &plugins_};
    EXPECT_GT(expect_golden_rows(golden, plugins_, context), 5);
}

}  // namespace
}  // namespace mogura::integration
