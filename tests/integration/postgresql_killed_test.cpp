// Loads into PostgreSQL whose connections are ended by the server, half-way and at the end.

#include "killed_loads.h"
#include "postgresql_fixture.h"

#include <memory>

namespace mogura::integration {
namespace {

class PostgresqlKilled : public PostgresqlTest, public LoadedServer {
  protected:
    PostgresqlKilled() { plugins::add_output_postgresql(registry_); }

    std::string word() const override { return "postgresql"; }
    config::Map connection() const override { return connection_options(); }
    void execute(const std::string& sql) override { PostgresqlTest::execute(sql); }
    std::vector<std::string> rows(const std::string& sql) override {
        return PostgresqlTest::rows(sql);
    }
    std::vector<std::string> tables() override { return PostgresqlTest::tables(); }

    void kill_loads() override {
        EXPECT_NE(rows("select count(pg_terminate_backend(pid)) " + loads()).front(), "0");
        while (rows("select count(*) " + loads()).front() != "0") {
        }
    }
    void lock_table(const std::string& table) override {
        auto connected = database::Postgresql::connect(options());
        ASSERT_TRUE(connected.ok()) << connected.error().message();
        holder_ = *std::move(connected);
        ASSERT_TRUE(
            holder_->execute("begin; lock table " + table + " in access exclusive mode").ok());
    }
    void unlock() override { holder_.reset(); }
    bool has_waiting_load() override {
        return rows("select count(*) " + loads() + " and wait_event_type = 'Lock'").front() != "0";
    }
    void vanish() override { ASSERT_TRUE(server().kill().ok()); }
    void come_back() override {
        auto restarted = server().restart();
        ASSERT_TRUE(restarted.ok()) << restarted.error().message();
        reconnect();
    }

    static std::string loads() {
        return "from pg_stat_activity where datname = current_database() and application_name = "
               "'embulk-output-postgresql'";
    }

    const load::Context context_{.clock = clock_, .plugins = &registry_};
    std::unique_ptr<database::Postgresql> holder_;
};

TEST_F(PostgresqlKilled, LoadsAreAsBeforeOrCompleteWhenTheConnectionDiesHalfWay) {
    for (const std::string& mode : kModes) expect_a_load_survives_a_kill(*this, mode, context_);
}

TEST_F(PostgresqlKilled, LoadsAreAsBeforeOrCompleteWhenTheConnectionDiesAtTheEnd) {
    for (const std::string& mode : kModes) {
        expect_a_load_survives_a_late_kill(*this, mode, context_);
    }
}

TEST_F(PostgresqlKilled, LoadsAreAsBeforeOrCompleteWhenTheServerDies) {
    expect_loads_survive_the_server(*this, context_);
}

}  // namespace
}  // namespace mogura::integration
