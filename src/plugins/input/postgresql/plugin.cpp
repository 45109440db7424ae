// Rows of a table or a query of PostgreSQL.

#include "plugins/input/postgresql/source.h"
#include "plugins/plugins.h"

namespace mogura::plugins {
namespace {

constexpr int kPort = 5432;

PostgresqlInputOptions read(config::Reader& reader) {
    return read_postgresql_input(reader, "embulk-input-postgresql", kPort);
}

Result<std::unique_ptr<load::Input>> make(const PostgresqlInputOptions& options,
                                          const load::Context& context) {
    return make_postgresql_input(options, context);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(input, postgresql) {
    registry.inputs.add("postgresql", "Rows of a table or a query of PostgreSQL.", read, make);
}
