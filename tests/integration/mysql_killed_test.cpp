// Loads into MySQL whose connections are ended by the server, half-way and at the end.

#include "killed_loads.h"
#include "mysql_fixture.h"

#include <memory>

namespace mogura::integration {
namespace {

class MysqlKilled : public MysqlTest, public LoadedServer {
  protected:
    std::string word() const override { return "mysql"; }
    config::Map connection() const override { return connection_options(); }
    void execute(const std::string& sql) override { MysqlTest::execute(sql); }
    std::vector<std::string> rows(const std::string& sql) override { return MysqlTest::rows(sql); }
    std::vector<std::string> tables() override { return MysqlTest::tables(); }

    void kill_loads() override {
        const auto ids = rows("select id " + loads());
        EXPECT_FALSE(ids.empty());
        for (const std::string& id : ids) execute("kill connection " + id);
        while (rows("select count(*) " + loads()).front() != "0") {
        }
    }
    void lock_table(const std::string& table) override {
        auto options = server().administrator();
        options.database = database_;
        auto connected = database::Mysql::connect(options);
        ASSERT_TRUE(connected.ok()) << connected.error().message();
        holder_ = *std::move(connected);
        holder_id_ = *holder_->value("select connection_id()");
        ASSERT_TRUE(holder_->execute("lock tables " + table + " write").ok());
    }
    void unlock() override {
        holder_.reset();
        holder_id_ = "0";
    }
    bool has_waiting_load() override {
        return rows("select count(*) " + loads() + " and state like 'Waiting for table%'")
                   .front() != "0";
    }
    void vanish() override { ASSERT_TRUE(server().kill().ok()); }
    void come_back() override {
        auto restarted = server().restart();
        ASSERT_TRUE(restarted.ok()) << restarted.error().message();
        reconnect();
    }

    std::string loads() const {
        return "from information_schema.processlist where db = database() and id not in "
               "(connection_id(), " +
               holder_id_ + ")";
    }

    const load::Context context_{.clock = clock_, .plugins = &registry_};
    std::unique_ptr<database::Mysql> holder_;
    std::string holder_id_ = "0";
};

TEST_F(MysqlKilled, LoadsAreAsBeforeOrCompleteWhenTheConnectionDiesHalfWay) {
    for (const std::string& mode : kModes) expect_a_load_survives_a_kill(*this, mode, context_);
}

TEST_F(MysqlKilled, LoadsAreAsBeforeOrCompleteWhenTheConnectionDiesAtTheEnd) {
    for (const std::string& mode : kModes) {
        expect_a_load_survives_a_late_kill(*this, mode, context_);
    }
}

TEST_F(MysqlKilled, LoadsAreAsBeforeOrCompleteWhenTheServerDies) {
    expect_loads_survive_the_server(*this, context_);
}

}  // namespace
}  // namespace mogura::integration
