#include "server/settings.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace mogura::server {
namespace {

using config::Map;
using config::Reader;
using config::Value;
using std::chrono::milliseconds;

constexpr int64_t kThreadsMax = 256;
constexpr std::string_view kSnapshot = "snapshot";

// What a table is refreshed by when it says nothing.
struct Defaults {
    milliseconds refresh{60'000};
    double max_shrink_percent = 50;
};

// Reads everything and keeps what is wrong, a line each.
class SettingsReader {
  public:
    explicit SettingsReader(const query::Engines& engines) : engines_(engines) {}

    // The root of the file. Returns the tables' place in it.
    const Value* read_root(Reader& reader, bool wants_tables);
    void read_table(const Map& input, const std::string& file, const std::string& path);
    void take(const Result<>& result) {
        if (!result.ok()) problems_.push_back(result.error().message());
    }
    void mark_from_flag() { settings_.tables.back().is_from_flag = true; }
    Result<Settings> finish() {
        if (problems_.empty()) return std::move(settings_);
        return Error(Code::kInvalid, base::join(problems_, "\n"));
    }

  private:
    void read_listen(Reader& reader);
    void read_refresh(Reader& reader, Defaults& defaults);
    void read_source(const Map& input, const std::string& file, const std::string& path,
                     TableSettings& table);
    void read_snapshot(const Map& input, const std::string& file, const std::string& path,
                       TableSettings& table);
    void read_query(const Map& input, const std::string& file, const std::string& path,
                    TableSettings& table);

    const query::Engines& engines_;
    Settings settings_;
    Defaults defaults_;
    std::vector<std::string> problems_;
};

void SettingsReader::read_refresh(Reader& reader, Defaults& defaults) {
    auto text = reader.maybe<std::string>("refresh", "How often the source is asked again: 60s.");
    if (text) {
        auto refresh = parse_duration(*text);
        if (!refresh) {
            reader.problem("refresh", "must be a time such as 500ms, 60s, 5m or 1h, not " + *text);
        }
        defaults.refresh = refresh.value_or(defaults.refresh);
    }
    double percent = reader.optional(
        "max_shrink_percent", defaults.max_shrink_percent,
        "A refresh that loses more than this share of the rows is refused; 100 allows everything.");
    if (percent >= 0 && percent <= 100) {
        defaults.max_shrink_percent = percent;
    } else {
        reader.problem("max_shrink_percent", "must be between 0 and 100");
    }
}

void SettingsReader::read_listen(Reader& reader) {
    std::string text =
        reader.optional("listen", "127.0.0.1:8080", "Address and port; port 0: any.");
    size_t colon = text.rfind(':');
    auto port = base::parse_integer(colon == text.npos ? text : text.substr(colon + 1));
    std::string address = colon == text.npos ? settings_.address : text.substr(0, colon);
    if (address.starts_with('[') && address.ends_with(']')) {
        address = address.substr(1, address.size() - 2);
    }
    if (!port || *port < 0 || *port > 65'535 || address.empty()) {
        reader.problem("listen", "must be ADDRESS:PORT such as 127.0.0.1:8080, not " + text);
        return;
    }
    settings_.address = address == "localhost" ? "127.0.0.1" : address;
    settings_.port = static_cast<uint16_t>(*port);
}

const Value* SettingsReader::read_root(Reader& reader, bool wants_tables) {
    read_listen(reader);
    int64_t threads = reader.optional("threads", int64_t{2}, "Threads that answer requests.");
    if (threads < 1 || threads > kThreadsMax) {
        reader.problem("threads", "must be between 1 and " + std::to_string(kThreadsMax));
    } else {
        settings_.threads = static_cast<int>(threads);
    }
    read_refresh(reader, defaults_);
    const Value* tables = reader.raw("tables", "list of table", "The tables to serve.");
    if (tables && !tables->is_list()) {
        reader.problem("tables", "must be a list of tables");
        return nullptr;
    }
    if (wants_tables && (!tables || tables->list().empty())) {
        reader.problem("tables", "there is no table to serve (name one here, or with --table)");
    }
    return tables;
}

void SettingsReader::read_table(const Map& input, const std::string& file,
                                const std::string& path) {
    TableSettings table;
    Reader reader(input, file, path);
    Defaults own = defaults_;
    table.options.name = reader.required<std::string>("name", "What /v1/tables/NAME calls it.");
    read_refresh(reader, own);
    table.options.refresh = own.refresh;
    table.options.max_shrink_percent = own.max_shrink_percent;
    auto key = reader.maybe<std::string>("key", "The column that rows are looked up by.");
    table.key = key.value_or("");
    bool is_known =
        std::any_of(settings_.tables.begin(), settings_.tables.end(),
                    [&](const auto& other) { return other.options.name == table.options.name; });
    if (is_known) reader.problem("name", "there are two tables called " + table.options.name);

    const Value* source = reader.raw("source", "map", "Where the rows come from.");
    if (!source || !source->is_map()) {
        reader.problem("source",
                       "must be a mapping such as {type: sqlite, database: a.db, table: t}");
    } else {
        read_source(source->map(), file, path.empty() ? "source" : path + ".source", table);
        bool is_snapshot = table.type == kSnapshot;
        if (is_snapshot && key)
            reader.problem("key", "a snapshot file names its key (leave this out)");
        if (!is_snapshot && !key) {
            reader.problem("key",
                           "this option is required (the column that rows are looked up by)");
        }
    }
    take(reader.finish());
    settings_.tables.push_back(std::move(table));
}

void SettingsReader::read_source(const Map& input, const std::string& file, const std::string& path,
                                 TableSettings& table) {
    Reader reader(input, file, path);
    std::vector<std::string> known = engines_.engines.names();
    known.emplace_back(kSnapshot);
    table.type = reader.required<std::string>("type", base::join(known, ", "));
    if (table.type == kSnapshot) return read_snapshot(input, file, path, table);
    if (engines_.engines.has(table.type)) return read_query(input, file, path, table);
    if (!table.type.empty()) {
        reader.problem("type", "unknown source: " + table.type +
                                   base::did_you_mean(table.type, known) + "; there are " +
                                   base::join(known, ", "));
    }
    take(reader.finish(/*ignore_unknown=*/true));
}

void SettingsReader::read_snapshot(const Map& input, const std::string& file,
                                   const std::string& path, TableSettings& table) {
    Reader reader(input, file, path);
    reader.raw("type", "string", "snapshot");
    table.path = reader.required<std::string>("path", "The snapshot file.");
    take(reader.finish());
}

void SettingsReader::read_query(const Map& input, const std::string& file, const std::string& path,
                                TableSettings& table) {
    Reader reader(input, file, path);
    auto name = reader.maybe<std::string>("table", "The table whose rows are served.");
    auto query = reader.maybe<std::string>("query", "A SELECT statement instead of a table.");
    if (name && query) reader.problem("query", "give either table or query, not both");
    if (!name && !query) {
        reader.problem("table", "this option is required (or query: a SELECT statement)");
    }
    if (name) table.sql = select_all(table.type, *name);
    if (query) table.sql = *query;
    take(reader.finish(/*ignore_unknown=*/true));

    table.engine = input;
    for (std::string_view own : {"type", "table", "query"}) table.engine.erase(own);
    const Value* database = table.engine.find("database");
    std::string where = database ? database->scalar_text().value_or("") : "";
    table.description = table.type + " " + where + (name ? "/" + *name : " (a query)");
    table.file = file;
    table.place = path;
    table.engine = reading_only(std::move(table.engine), table.type, engines_);
    table.engine = with_time_limits(std::move(table.engine), table.type);
    Reader own(table.engine, file, path);
    take(engines_.engines.check(table.type, own, /*ignore_unknown=*/false));
}

// NAME=snapshot:PATH or NAME=ENGINE:DATABASE/TABLE?key=K&option=value, as the mapping of a file.
Result<Map> table_of_flag(const std::string& flag) {
    size_t equals = flag.find('=');
    size_t colon = flag.find(':', equals == flag.npos ? 0 : equals);
    if (equals == flag.npos || equals == 0 || colon == flag.npos) {
        return Error(Code::kInvalid, "--table " + flag +
                                         ": must be NAME=snapshot:PATH or "
                                         "NAME=sqlite:PATH/TABLE?key=COLUMN");
    }
    size_t question = std::min(flag.rfind('?'), flag.size());
    if (question < colon) question = flag.size();
    std::string type = flag.substr(equals + 1, colon - equals - 1);
    std::string path = flag.substr(colon + 1, question - colon - 1);
    Map table;
    Map source;
    table.set("name", flag.substr(0, equals));
    source.set("type", type);
    if (type == kSnapshot) {
        source.set("path", path);
    } else {
        size_t slash = path.rfind('/');
        if (slash == path.npos) {
            return Error(Code::kInvalid, "--table " + flag + ": the table is missing: " + type +
                                             ":" + path + "/TABLE?key=COLUMN");
        }
        source.set("database", path.substr(0, slash));
        source.set("table", path.substr(slash + 1));
    }
    if (question < flag.size()) {
        for (const std::string& pair : base::split(flag.substr(question + 1), '&')) {
            std::string name = pair.substr(0, pair.find('='));
            std::string value = pair.size() > name.size() ? pair.substr(name.size() + 1) : "";
            bool is_ours = name == "key" || name == "refresh" || name == "max_shrink_percent";
            (is_ours ? table : source).set(name, value);
        }
    }
    table.set("source", std::move(source));
    return table;
}

// The file's root with what the flags say instead.
Map with_flags(Map root, const Flags& flags) {
    if (flags.listen) root.set("listen", *flags.listen);
    if (flags.threads) root.set("threads", *flags.threads);
    if (flags.refresh) root.set("refresh", *flags.refresh);
    if (flags.max_shrink) root.set("max_shrink_percent", *flags.max_shrink);
    return root;
}

}  // namespace

Result<Settings> read_settings(const Map& input, const std::string& file, const Flags& flags,
                               const query::Engines& engines) {
    SettingsReader settings(engines);
    const Map root = with_flags(input, flags);
    Reader reader(root, file, "");
    const Value* tables = settings.read_root(reader, flags.tables.empty());
    settings.take(reader.finish());
    if (tables) {
        for (size_t index = 0; index < tables->list().size(); ++index) {
            const Value& table = tables->list()[index];
            std::string path = "tables[" + std::to_string(index) + "]";
            if (table.is_map()) {
                settings.read_table(table.map(), file, path);
            } else {
                settings.take(Error(Code::kInvalid, path + ": must be a mapping")
                                  .at(config::place_text(table.mark(), file)));
            }
        }
    }
    for (const std::string& flag : flags.tables) {
        auto table = table_of_flag(flag);
        if (table.ok()) {
            settings.read_table(*table, "--table " + flag, "");
            settings.mark_from_flag();
        } else {
            settings.take(table.error());
        }
    }
    return settings.finish();
}

}  // namespace mogura::server
