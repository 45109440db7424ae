#include "plugins/output/mysql/connection.h"

#include "base/log.h"

#include <chrono>
#include <optional>
#include <string>

namespace mogura::plugins {
namespace {

using database::MysqlOptions;

MysqlOptions::Ssl read_ssl(config::Reader& reader) {
    const std::string word = reader.optional(
        "ssl", "disable", "disable; enable: encrypt; verify: check the server's certificate too.");
    if (word == "enable" || word == "true") return MysqlOptions::Ssl::kEncrypt;
    if (word == "verify") return MysqlOptions::Ssl::kVerify;
    if (word != "disable" && word != "false") {
        reader.problem("ssl", "must be one of disable, enable, verify, not " + word);
    }
    return MysqlOptions::Ssl::kOff;
}

// The original hands `options` to its JDBC driver. These have a meaning here.
void read_driver_options(config::Reader& reader, MysqlOptions& connection) {
    using std::chrono::ceil;
    using std::chrono::milliseconds;
    using std::chrono::seconds;
    const auto map = reader.optional<config::Map>(
        "options", {},
        "Properties of the JDBC driver: connectTimeout and socketTimeout (milliseconds), "
        "useCompression; others have no meaning here.");
    config::Reader nested(map, reader.file(), reader.path() + ".options");
    if (auto timeout = nested.maybe<int64_t>("connectTimeout", "Milliseconds.")) {
        connection.connect_timeout = ceil<seconds>(milliseconds(*timeout));
    }
    if (auto timeout = nested.maybe<int64_t>("socketTimeout", "Milliseconds.")) {
        connection.answer_timeout = ceil<seconds>(milliseconds(*timeout));
    }
    connection.compress = nested.optional("useCompression", false, "Compress the protocol.");
    for (const config::Map::Entry& entry : map) {
        if (entry.key == "connectTimeout" || entry.key == "socketTimeout" ||
            entry.key == "useCompression") {
            continue;
        }
        nested.raw(entry.key, "any", "");
        log::warn("mysql: this driver option has no meaning here", {{"option", entry.key}});
    }
    reader.absorb(std::move(nested));
}

}  // namespace

MysqlOptions read_mysql_connection(config::Reader& reader) {
    MysqlOptions connection;
    connection.host = reader.optional("host", "localhost", "Server, reached by TCP.");
    connection.port = reader.optional("port", 3306, "Its port.");
    connection.socket =
        reader.optional("socket", "", "Unix socket of the server, instead of host and port.");
    connection.user = reader.required<std::string>("user", "User of the database.");
    connection.password = reader.optional("password", "", "Password of the user.");
    connection.database = reader.required<std::string>("database", "Database (schema).");
    connection.ssl = read_ssl(reader);
    read_driver_options(reader, connection);
    if (connection.port < 1 || connection.port > 65535) {
        reader.problem("port", "must be between 1 and 65535");
    }
    // Ignored words of the original.
    reader.raw("driver_path", "string", "Has no meaning here: no driver is needed.");
    return connection;
}

}  // namespace mogura::plugins
