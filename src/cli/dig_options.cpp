// A table, and the look-up in it.

#include "cli/dig_options.h"

#include <map>
#include <vector>

namespace mogura::cli {
namespace {

using enum DigForm;
using Options = std::vector<DigOption>;

Options operator+(Options left, const Options& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Options request() {
    return {
        {"method", kText, "GET, POST, PUT and so on; GET without it."},
        {"query", kAnything, "Behind the ?: a mapping, or a text such as a=b&c=d."},
        {"headers", kList, "A list of mappings with one header each."},
        {"content", kAnything, "The body: text, or a mapping or list that becomes JSON."},
        {"content_format", kText, "How content is written.", "text json form"},
        {"content_type", kText, "The body's media type."},
        {"timeout", kNumber, "Seconds for the whole exchange; 30 without it."},
        {"follow_redirects", kBoolean, "Go where a redirect leads; true without it."},
        {"retry", kBoolean, "Try again after 5xx and lost connections."},
        {"insecure", kBoolean, "Accept any certificate."},
        {"proxy", kMapping, "enabled, host, port, tls."},
    };
}

Options server() {
    return {
        {"host", kText, "The server's name."},
        {"port", kNumber, "Its port."},
        {"user", kText, "Who signs in; the password is a secret."},
        {"database", kText, "The database."},
        {"ssl", kBoolean, "Encrypt the connection."},
        {"connect_timeout", kText, "Such as 30s."},
        {"socket_timeout", kText, "Such as 1800s."},
        {"password_override", kText, "The name of another secret that holds the password."},
        {"query", kText, "The SQL, or the file with it, when it does not stand behind the word."},
        {"create_table", kText, "Make this table anew out of the rows."},
        {"insert_into", kText, "Add the rows to this table."},
        {"download_file", kText, "Write the rows to this CSV file."},
        {"store_last_results", kAnything, "Keep the first row, or all, as a parameter.",
         "true false first all"},
        {"strict_transaction", kBoolean, "Run writing statements exactly once; true without it."},
        {"status_table", kText, "The table that remembers what has run."},
        {"status_table_schema", kText, "The schema that it is in."},
        {"status_table_cleanup", kText, "How long it remembers; 24h without it."},
    };
}

Options lock() {
    return {
        {"limit", kNumber, "How many may hold it at once; 1 without it."},
        {"wait_timeout", kText, "How long to wait for it; 15m without it."},
        {"expire_in", kText, "When it is free even if its holder has vanished; 1h without it."},
        {"namespace", kText, "Who shares the name.",
         "global site project workflow session attempt"},
        {"unlock_finished_attempt_locks", kBoolean, "Free locks of attempts that have ended."},
    };
}

Options mail() {
    return {
        {"subject", kText, "The subject."},
        {"body", kText, "The text, or the file with it, when it is not behind the word."},
        {"to", kAnything, "One address, or a list."},
        {"cc", kList, "Addresses."},
        {"bcc", kList, "Addresses that nobody sees."},
        {"from", kText, "The sender's address."},
        {"html", kBoolean, "The text is HTML."},
        {"attach_files", kList, "Mappings of path, content_type and filename."},
        {"host", kText, "The mail server."},
        {"port", kNumber, "Its port."},
        {"username", kText, "Who signs in; the password is the secret mail.password."},
        {"tls", kBoolean, "STARTTLS; true without it."},
        {"ssl", kBoolean, "TLS from the first byte."},
        {"debug", kBoolean, "Accepted, without effect here."},
    };
}

Options query() {
    return {
        {"engine", kText, "The SQL engine; duckdb without it."},
        {"database", kText, "The engine's database."},
        {"download_file", kText, "Write the rows to NAME.csv, NAME.jsonl or NAME.parquet."},
        {"store_last_results", kAnything, "Keep the first row, or all, as a parameter.",
         "true false first all"},
        {"out", kMapping, "An output of the loader that takes the rows."},
        {"filters", kAnything, "With out: filters on the way."},
        {"memory_limit", kText, "What duckdb may take before it spills to disk."},
    };
}

Options required() {
    return {
        {"project_id", kNumber, "The project that it is in."},
        {"project_name", kText, "The same by its name; not both."},
        {"session_time", kText, "Another session than this one."},
        {"ignore_failure", kBoolean, "Succeed even if it fails."},
        {"rerun_on", kText, "When to start another attempt although there is one.",
         "none failed all"},
        {"retry_attempt_name", kText, "The attempt's name."},
        {"params", kMapping, "Parameters of the attempt."},
    };
}

const std::map<std::string_view, Options>& all() {
    const Options configuration = {{"config", kMapping, "in, filters and out, without a file."}};
    const Options python = {{"python", kAnything, "The interpreter, or a list with arguments."},
                            {"script", kText, "The program itself, when no method is named."}};
    const Options ruby = {{"ruby", kAnything, "The interpreter, or a list with arguments."},
                          {"require", kText, "The file that defines the method."},
                          {"script", kText, "The program itself, when no method is named."}};
    const Options schema = {{"schema", kText, "The schema of tables without one."}};
    static const std::map<std::string_view, Options> kAll = {
        {"embulk", configuration},
        {"http", request() + Options{{"store_content", kBoolean,
                                      "Keep the answer as ${http.last_content}."}}},
        {"http_call", request() + Options{{"content_type_override", kText,
                                           "Take the answer for application/json or "
                                           "application/x-yaml."}}},
        {"load", configuration},
        {"lock", lock()},
        {"loop", {{"count", kNumber, "In place of the number behind the word."}}},
        {"mail", mail()},
        {"mysql", server()},
        {"pg", server() + schema},
        {"pg_lock", lock()},
        {"pg_unlock", {{"force", kBoolean, "Also when somebody else holds it."}}},
        {"py", python},
        {"query", query()},
        {"rb", ruby},
        {"redshift", server() + schema},
        {"require", required()},
        {"sh", {{"shell", kAnything, "The shell and its arguments; /bin/sh without it."}}},
        {"slack",
         {{"message", kText, "The YAML of the message, when no file is named."},
          {"webhook_url", kText, "Where to post; ${secret:NAME} may stand in it."}}},
        {"wait",
         {{"blocking", kBoolean, "Hold a thread meanwhile."},
          {"poll_interval", kText, "How often to look, such as 10s."}}},
    };
    return kAll;
}

}  // namespace

std::span<const DigOption> dig_options(std::string_view operator_name) {
    auto found = all().find(operator_name);
    if (found == all().end()) return {};
    return found->second;
}

}  // namespace mogura::cli
