// mysql>: SQL on MySQL or MariaDB (spec digdag 4.21.3).

#include "plugins/input/mysql/source.h"
#include "plugins/operator/statement/task.h"
#include "plugins/plugins.h"

#include <memory>

namespace mogura::plugins {
namespace {

using statement::Server;

constexpr int kPort = 3306;

Result<std::unique_ptr<source::Source>> connect(const Server& server) {
    using database::MysqlOptions;
    const bool by_socket = server.host.starts_with('/');
    MysqlOptions options = {
        .host = by_socket ? "" : server.host,
        .port = server.port,
        .socket = by_socket ? server.host : "",
        .user = server.user,
        .password = server.password,
        .database = server.database,
        .ssl = server.ssl ? MysqlOptions::Ssl::kEncrypt : MysqlOptions::Ssl::kOff,
        .connect_timeout = server.connect_timeout,
        .answer_timeout = server.socket_timeout};
    return make_mysql_source(options);
}

std::unique_ptr<engine::Operator> make() {
    return std::make_unique<statement::StatementTask>(
        statement::Words{.name = "mysql", .secrets = "mysql.", .port = kPort, .has_schema = false},
        statement::Dialect{.status_columns = "query_id varchar(50) NOT NULL UNIQUE, created_at "
                                             "timestamp NOT NULL, completed_at timestamp NULL",
                           .oldest = "CURRENT_TIMESTAMP - INTERVAL {} SECOND"},
        connect);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(operator, mysql) {
    registry.operators.add("mysql", "SQL on MySQL or MariaDB.", mogura::plugins::make);
}
