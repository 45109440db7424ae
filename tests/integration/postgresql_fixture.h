// One PostgreSQL for all tests of the program, a fresh database for each test.

#pragma once

#include "config/config.h"
#include "database/database.h"
#include "plugins/plugins.h"
#include "postgresql_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace mogura::integration {

class PostgresqlTest : public testing::Test {
  protected:
    PostgresqlTest();
    ~PostgresqlTest() override;

    static PostgresqlServer& server();

    // Options that name the server and the test's database, as a configuration has them.
    config::Map connection_options() const;
    database::PostgresqlOptions options() const;
    // Each row a line, values separated by '|', null as NULL.
    std::vector<std::string> rows(const std::string& sql);
    void execute(const std::string& sql);
    // The tables of the test's database, without those of the system.
    std::vector<std::string> tables();
    database::Postgresql& connection() { return *connection_; }
    // After the server was gone.
    void reconnect();

    const std::string database_;
    plugins::Registry registry_;
    base::SystemClock clock_;

  private:
    std::unique_ptr<database::Postgresql> connection_;
};

}  // namespace mogura::integration
