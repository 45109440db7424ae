// The rows of the golden tables of embulk 8.7 and 9.12 that want PostgreSQL.

#include "base/file.h"
#include "base/text.h"
#include "golden_rows.h"
#include "postgresql_fixture.h"

#include <utility>

namespace mogura::integration {
namespace {

class PostgresqlGolden : public PostgresqlTest {
  protected:
    PostgresqlGolden() {
        plugins::add_all(registry_);
        execute("alter database " + database_ + " set log_statement = 'all'");
    }

    // The fixture's own connection is older than the setting, so only loads are in the log.
    std::vector<std::string> new_statements() {
        auto log = base::read_file(server().socket() + "/server.log");
        EXPECT_TRUE(log.ok());
        std::vector<std::string> statements;
        for (const std::string& line : base::split(log->substr(read_), '\n')) {
            if (line.starts_with('\t') && !statements.empty()) {
                statements.back() += "\n" + line.substr(1);
            } else if (line.starts_with(database_ + "|LOG:  ")) {
                const size_t text = line.find(": ", database_.size() + 7);
                if (text != line.npos) statements.push_back(line.substr(text + 2));
            }
        }
        read_ = log->size();
        return statements;
    }

  private:
    size_t read_ = 0;
};

TEST_F(PostgresqlGolden, RowsGiveWhatIsRecorded) {
    const GoldenServer golden = {
        .word = "postgresql",
        .connection = connection_options(),
        .execute = [this](const std::string& sql) { execute(sql); },
        .rows = [this](const std::string& sql) { return rows(sql); },
        .tables = [this] { return tables(); },
        .drop_everything = [this] { execute("drop schema public cascade; create schema public"); },
        .statements = [this] { return new_statements(); },
    };
    const load::Context context{
        .clock = clock_, .compat = load::Compat::kStrict, .plugins = &registry_};
    EXPECT_GT(expect_golden_rows(golden, registry_, context), 40);
}

}  // namespace
}  // namespace mogura::integration
