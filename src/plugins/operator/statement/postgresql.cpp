#include "plugins/operator/statement/postgresql.h"

#include "plugins/input/postgresql/source.h"

#include <utility>

namespace mogura::plugins::statement {
namespace {

constexpr int64_t kFetchRows = 10'000;

Result<std::unique_ptr<source::Source>> connect(const Server& server) {
    using Ssl = database::PostgresqlOptions::Ssl;
    PostgresqlPlace place;
    place.server = {.host = server.host,
                    .port = server.port,
                    .user = server.user,
                    .password = server.password,
                    .database = server.database,
                    .ssl = server.ssl ? Ssl::kEncrypt : Ssl::kOff,
                    .connect_timeout = server.connect_timeout,
                    .answer_timeout = server.socket_timeout,
                    .application_name = "digdag"};
    place.schema = server.schema;
    return make_postgresql_source(place, kFetchRows);
}

}  // namespace

std::unique_ptr<engine::Operator> make_postgresql_task(Words words, bool has_table_per_statement) {
    Dialect dialect = {.status_columns =
                           "query_id text NOT NULL UNIQUE, created_at timestamp with time zone NOT "
                           "NULL, completed_at timestamp with time zone",
                       .oldest = "CURRENT_TIMESTAMP - INTERVAL '{} second'",
                       .has_table_per_statement = has_table_per_statement};
    return std::make_unique<StatementTask>(std::move(words), std::move(dialect), connect);
}

}  // namespace mogura::plugins::statement
