#include "postgresql_fixture.h"

#include <utility>

namespace mogura::integration {
namespace {

using database::Postgresql;

std::unique_ptr<PostgresqlServer> the_server;

class ServerEnvironment : public testing::Environment {
  public:
    void SetUp() override {
        auto started = PostgresqlServer::start();
        ASSERT_TRUE(started.ok()) << started.error().message();
        the_server = *std::move(started);
    }
    void TearDown() override { the_server.reset(); }
};

std::string next_database() {
    static int count = 0;
    return "test_" + std::to_string(++count);
}

}  // namespace

PostgresqlTest::PostgresqlTest() : database_(next_database()) {
    auto administrator = Postgresql::connect(server().administrator());
    EXPECT_TRUE(administrator.ok()) << administrator.error().message();
    auto created = (*administrator)->execute("CREATE DATABASE " + database_);
    EXPECT_TRUE(created.ok()) << created.error().message();
    reconnect();
}

PostgresqlTest::~PostgresqlTest() = default;

PostgresqlServer& PostgresqlTest::server() {
    return *the_server;
}

database::PostgresqlOptions PostgresqlTest::options() const {
    auto options = server().administrator();
    options.database = database_;
    return options;
}

void PostgresqlTest::reconnect() {
    auto connected = Postgresql::connect(options());
    ASSERT_TRUE(connected.ok()) << connected.error().message();
    connection_ = *std::move(connected);
}

config::Map PostgresqlTest::connection_options() const {
    config::Map options;
    options.set("host", server().socket());
    options.set("port", server().port());
    options.set("user", "postgres");
    options.set("database", database_);
    return options;
}

std::vector<std::string> PostgresqlTest::rows(const std::string& sql) {
    std::vector<std::string> lines;
    auto rows = connection_->query(sql);
    EXPECT_TRUE(rows.ok()) << rows.error().message();
    if (!rows.ok()) return lines;
    for (size_t row = 0; row < rows->size(); ++row) {
        std::string line;
        for (size_t field = 0; field < rows->fields().size(); ++field) {
            if (field > 0) line += '|';
            line += rows->is_null(row, field) ? "NULL" : std::string(rows->text(row, field));
        }
        lines.push_back(line);
    }
    return lines;
}

void PostgresqlTest::execute(const std::string& sql) {
    auto done = connection_->execute(sql);
    ASSERT_TRUE(done.ok()) << done.error().message();
}

std::vector<std::string> PostgresqlTest::tables() {
    // A server that died leaves temporary tables of its sessions in the catalog for a while.
    return rows(
        "select relname from pg_class join pg_namespace n on n.oid = relnamespace where relkind = "
        "'r' and relpersistence <> 't' and nspname not in ('pg_catalog', 'information_schema') "
        "order by 1");
}

}  // namespace mogura::integration

int main(int count, char** arguments) {
    testing::InitGoogleMock(&count, arguments);
    testing::AddGlobalTestEnvironment(new mogura::integration::ServerEnvironment);
    return RUN_ALL_TESTS();
}
