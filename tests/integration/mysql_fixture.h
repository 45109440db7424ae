// One MariaDB for all tests of the program, a fresh database for each test.

#pragma once

#include "config/config.h"
#include "database/database.h"
#include "mariadb_server.h"
#include "plugins/plugins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace mogura::integration {

class MysqlTest : public testing::Test {
  protected:
    MysqlTest();
    ~MysqlTest() override;

    static MariadbServer& server();

    // Options that name the server and the test's database, as a configuration has them.
    config::Map connection_options() const;
    // Each row a line, values separated by '|', null as NULL.
    std::vector<std::string> rows(const std::string& sql);
    void execute(const std::string& sql);
    // The tables of the test's database.
    std::vector<std::string> tables() { return rows("SHOW TABLES"); }
    database::Mysql& connection() { return *connection_; }
    // After the server was gone.
    void reconnect();

    const std::string database_;
    plugins::Registry registry_;
    base::SystemClock clock_;

  private:
    std::unique_ptr<database::Mysql> connection_;
};

}  // namespace mogura::integration
