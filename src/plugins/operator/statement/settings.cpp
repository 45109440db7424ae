#include "plugins/operator/statement/settings.h"

#include "plugins/sql/statement_text.h"

#include <array>
#include <string_view>

namespace mogura::plugins::statement {
namespace {

struct Name {
    const char* name;
    const char* help;
    engine::OptionKind kind = engine::OptionKind::kAny;
};

constexpr std::array kNames = {
    Name{"host", "The server's name."},
    Name{"port", "Its port.", engine::OptionKind::kInteger},
    Name{"user", "Who signs in; the password is a secret."},
    Name{"database", "The database."},
    Name{"schema", "The schema of tables without one."},
    Name{"ssl", "Encrypt the connection."},
    Name{"connect_timeout", "Such as 30s.", engine::OptionKind::kDuration},
    Name{"socket_timeout", "Such as 1800s.", engine::OptionKind::kDuration},
    Name{"password_override", "The name of another secret that holds the password."},
    Name{"create_table", "Make this table anew out of the rows."},
    Name{"insert_into", "Add the rows to this table."},
    Name{"download_file", "Write the rows to this CSV file."},
    Name{"store_last_results", "Keep the first row, or all, as a parameter."},
    Name{"strict_transaction", "Run writing statements exactly once; true without it."},
    Name{"status_table", "The table that remembers what has run."},
    Name{"status_table_schema", "The schema that it is in."},
    Name{"status_table_cleanup", "How long it remembers; 24h without it.",
         engine::OptionKind::kDuration},
};

// Those that a secret of the same name overrides.
constexpr std::array kSecretNames = {
    "host", "port", "user", "database", "schema", "ssl", "connect_timeout", "socket_timeout"};

Result<config::Map> gather(const engine::TaskContext& context, const Words& words) {
    config::Map gathered;
    const config::Value* nested = context.parameters.find(words.name);
    for (const auto& [name, help, kind] : kNames) {
        const config::Value* value = context.parameters.find(name);
        if ((!value || value->is_null()) && nested && nested->is_map()) value = nested->find(name);
        if (value && !value->is_null()) gathered.set(name, *value);
    }
    for (const char* name : kSecretNames) {
        if (!words.has_schema && std::string_view(name) == "schema") continue;
        const auto secret =
            TRY(engine::find_secret(context.secrets, context.parameters, words.secrets + name));
        if (secret) gathered.set(name, *secret);
    }
    return gathered;
}

std::chrono::seconds duration(config::Reader& reader, const char* name, const char* otherwise) {
    const std::string text = reader.optional(name, otherwise, "");
    auto parsed = engine::parse_duration(text);
    if (parsed.ok()) return *parsed;
    reader.problem(name, parsed.error().message());
    return std::chrono::seconds(0);
}

Result<std::string> password(const engine::TaskContext& context, const Words& words,
                             const std::string& override_name) {
    if (!override_name.empty()) {
        return engine::required_secret(context.secrets, context.parameters,
                                       words.secrets + override_name);
    }
    const auto found =
        TRY(engine::find_secret(context.secrets, context.parameters, words.secrets + "password"));
    return found.value_or("");
}

Result<> check_modes(const Settings& settings) {
    const char* problem = nullptr;
    const bool writes = !settings.create_table.empty() || !settings.insert_into.empty();
    if (!settings.create_table.empty() && !settings.insert_into.empty()) {
        problem = "Can't use both of insert_into and create_table";
    } else if (writes && !settings.download_file.empty()) {
        problem = "Can't use download_file with insert_into or create_table";
    } else if (writes && settings.last_results) {
        problem = "Can't use store_last_results with insert_into or create_table";
    } else if (!settings.download_file.empty() && settings.last_results) {
        problem = "Can't use both download_file and store_last_results at once";
    }
    if (problem) return Error(Code::kInvalid, problem);
    return {};
}

}  // namespace

engine::OperatorOptions statement_options(const Words& words) {
    engine::OperatorOptions all = {
        .options = {
            {.name = "_command", .is_required = true, .instead = "query"},
            {.name = "query",
             .help = "The SQL, or the file with it, when it does not stand behind the word."}}};
    for (const auto& [name, help, kind] : kNames) {
        if (!words.has_schema && std::string_view(name) == "schema") continue;
        all.options.push_back({.name = name, .kind = kind, .help = help});
    }
    return all;
}

Result<> check_statement_modes(const config::Map& written) {
    auto text = [&](const char* name) {
        const config::Value* value = written.find(name);
        return value ? value->scalar_text().value_or("") : "";
    };
    Settings settings;
    settings.create_table = text("create_table");
    settings.insert_into = text("insert_into");
    settings.download_file = text("download_file");
    const config::Value* wanted = engine::present(written, "store_last_results");
    if (wanted && !engine::is_templated(*wanted)) {
        settings.last_results = TRY(wanted_results(*wanted));
    }
    return check_modes(settings);
}

Result<Settings> read_settings(engine::TaskContext& context, const Words& words) {
    const auto gathered = TRY(gather(context, words));
    config::Reader reader(gathered, "", words.name + ">");
    Settings settings;
    Server& server = settings.server;
    server.host = reader.required<std::string>("host", "");
    server.port = reader.optional("port", words.port, "");
    server.user = reader.required<std::string>("user", "");
    server.database = reader.required<std::string>("database", "");
    if (words.has_schema) server.schema = reader.optional("schema", "", "");
    server.ssl = reader.optional("ssl", false, "");
    server.connect_timeout = duration(reader, "connect_timeout", "30s");
    server.socket_timeout = duration(reader, "socket_timeout", "1800s");
    const std::string override_name = reader.optional("password_override", "", "");
    settings.create_table = reader.optional("create_table", "", "");
    settings.insert_into = reader.optional("insert_into", "", "");
    settings.download_file = reader.optional("download_file", "", "");
    const auto wanted = reader.optional("store_last_results", config::Value(false), "");
    settings.strict_transaction = reader.optional("strict_transaction", true, "");
    settings.status_table = reader.optional("status_table", "__digdag_status", "");
    settings.status_schema = reader.optional("status_table_schema", "", "");
    settings.status_age_max = duration(reader, "status_table_cleanup", "24h");
    TRY(reader.finish(/*ignore_unknown=*/true));
    server.password = TRY(password(context, words, override_name));
    settings.last_results = TRY(wanted_results(wanted));
    TRY(check_modes(settings));
    settings.text = TRY(statement_text(context, words.name, QueryOption::kSql));
    return settings;
}

}  // namespace mogura::plugins::statement
