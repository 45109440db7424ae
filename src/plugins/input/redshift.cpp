// Rows of a table or a query of Amazon Redshift, which speaks PostgreSQL's protocol.

#include "plugins/input/postgresql/source.h"
#include "plugins/plugins.h"

namespace mogura::plugins {
namespace {

constexpr int kPort = 5439;

PostgresqlInputOptions read(config::Reader& reader) {
    return read_postgresql_input(reader, "embulk-input-redshift", kPort);
}

Result<std::unique_ptr<load::Input>> make(const PostgresqlInputOptions& options,
                                          const load::Context& context) {
    return make_postgresql_input(options, context);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(input, redshift) {
    registry.inputs.add("redshift", "Rows of a table or a query of Amazon Redshift.", read, make);
}
