// redshift>: SQL on Amazon Redshift (spec digdag 4.16.1).

#include "plugins/operator/statement/postgresql.h"
#include "plugins/plugins.h"

PLUGIN(operator, redshift) {
    using namespace mogura::plugins::statement;
    registry.operators.add("redshift", "SQL on Amazon Redshift.", [] {
        constexpr int kPort = 5439;
        return make_postgresql_task(
            {.name = "redshift", .secrets = "aws.redshift.", .port = kPort, .has_schema = true},
            /*has_table_per_statement=*/true);
    });
}
