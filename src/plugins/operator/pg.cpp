// pg>: SQL on PostgreSQL (spec digdag 4.15).

#include "plugins/operator/statement/postgresql.h"
#include "plugins/plugins.h"

PLUGIN(operator, pg) {
    using namespace mogura::plugins::statement;
    registry.operators.add("pg", "SQL on PostgreSQL.", [] {
        constexpr int kPort = 5432;
        return make_postgresql_task(
            {.name = "pg", .secrets = "pg.", .port = kPort, .has_schema = true},
            /*has_table_per_statement=*/false);
    });
}
