// Rows of a table or a query of MySQL or MariaDB.

#include "plugins/input/mysql/source.h"
#include "plugins/input/table/input.h"
#include "plugins/output/mysql/connection.h"
#include "plugins/plugins.h"

#include <memory>
#include <utility>

namespace mogura::plugins {
namespace {

struct Options {
    database::MysqlOptions server;
    source::Options source;
};

Options read(config::Reader& reader) {
    Options options;
    options.server = read_mysql_connection(reader);
    options.source = source::read_options(reader);
    reader.raw("use_legacy_datetime_code", "boolean",
               "Has no meaning here: dates and times are as the server has them, in UTC.");
    if (!reader.has("options")) {  // properties of the driver stand above
        options.server.connect_timeout = options.source.connect_timeout;
        options.server.answer_timeout = options.source.answer_timeout;
    }
    return options;
}

Result<std::unique_ptr<load::Input>> make(const Options& options, const load::Context& context) {
    auto connect = [server = options.server] { return make_mysql_source(server); };
    return std::make_unique<source::TableInput>(std::move(connect), options.source, context);
}

}  // namespace
}  // namespace mogura::plugins

PLUGIN(input, mysql) {
    registry.inputs.add("mysql", "Rows of a table or a query of MySQL or MariaDB.", read, make);
}
