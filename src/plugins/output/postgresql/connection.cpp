#include "plugins/output/postgresql/connection.h"

#include "base/log.h"

namespace mogura::plugins {
namespace {

using database::postgresql_identifier;
using database::PostgresqlOptions;

PostgresqlOptions::Ssl read_ssl(config::Reader& reader) {
    const std::string word = reader.optional(
        "ssl", "false", "true (or enable): encrypt; verify: check the server's certificate too.");
    if (word == "true" || word == "enable") return PostgresqlOptions::Ssl::kEncrypt;
    if (word == "verify") return PostgresqlOptions::Ssl::kVerify;
    if (word != "false" && word != "disable") {
        reader.problem("ssl", "must be one of false, true, verify, not " + word);
    }
    return PostgresqlOptions::Ssl::kOff;
}

// The original hands `options` to its JDBC driver. These have a meaning here.
void read_driver_options(config::Reader& reader, const std::string& word,
                         PostgresqlOptions& server) {
    const auto map = reader.optional<config::Map>(
        "options", {},
        "Properties of the JDBC driver: ApplicationName, connectTimeout and socketTimeout "
        "(seconds); others have no meaning here.");
    config::Reader nested(map, reader.file(), reader.path() + ".options");
    for (const config::Map::Entry& entry : map) {
        if (entry.key == "ApplicationName") {
            server.application_name =
                nested.optional(entry.key, "", "How the server lists the session.");
        } else if (entry.key == "connectTimeout") {
            server.connect_timeout =
                std::chrono::seconds(nested.optional(entry.key, int64_t{0}, "Seconds."));
        } else if (entry.key == "socketTimeout") {
            server.answer_timeout =
                std::chrono::seconds(nested.optional(entry.key, int64_t{0}, "Seconds."));
        } else {
            nested.raw(entry.key, "any", "");
            log::warn(word + ": this driver option has no meaning here", {{"option", entry.key}});
        }
    }
    reader.absorb(std::move(nested));
}

}  // namespace

PostgresqlPlace read_postgresql_place(config::Reader& reader, const std::string& word, int port) {
    PostgresqlPlace place;
    PostgresqlOptions& server = place.server;
    server.host = reader.required<std::string>("host", "Server; /FOLDER: that of its Unix socket.");
    server.port = reader.optional("port", port, "Its port.");
    server.user = reader.required<std::string>("user", "User of the database.");
    server.password = reader.optional("password", "", "Password of the user.");
    server.database = reader.required<std::string>("database", "Database.");
    place.schema = reader.optional("schema", "public", "Schema: the search path of the session.");
    server.ssl = read_ssl(reader);
    server.application_name =
        reader.optional("application_name", word, "How the server lists the session.");
    if (server.port < 1 || server.port > 65535) {
        reader.problem("port", "must be between 1 and 65535");
    }
    place.statement_timeout = std::chrono::milliseconds(
        reader.optional("statement_timeout_millis", int64_t{0}, "Limit of a statement; 0: none."));
    // Ignored words of the original.
    reader.raw("driver_path", "string", "Has no meaning here: no driver is needed.");
    read_driver_options(reader, word, server);
    return place;
}

Result<std::unique_ptr<database::Postgresql>> open_postgresql(const PostgresqlPlace& place) {
    auto session = TRY(database::Postgresql::connect(place.server));
    std::string sql;
    if (!place.schema.empty()) {
        sql += "SET search_path TO " + postgresql_identifier(place.schema) + ";";
    }
    if (place.role) sql += "SET ROLE " + postgresql_identifier(*place.role) + ";";
    if (place.statement_timeout.count() > 0) {
        sql += "SET statement_timeout TO " + std::to_string(place.statement_timeout.count()) + ";";
    }
    if (!sql.empty()) TRY(session->execute(sql));
    return session;
}

}  // namespace mogura::plugins
