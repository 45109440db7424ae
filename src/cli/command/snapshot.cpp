// Builds snapshot files from databases, and looks into them.

#include "snapshot/snapshot.h"

#include "base/text.h"
#include "base/time_zone.h"
#include "cli/command.h"
#include "server/server.h"

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mogura::cli {
namespace {

constexpr const char* kHelp =
    R"(Snapshots: a table as one immutable, checksummed file that is looked up by key.

Usage:
  mogura snapshot build FILE --engine ENGINE --key COLUMN (--table TABLE | --query SQL) [OPTIONS]
  mogura snapshot get FILE KEY...
  mogura snapshot info FILE

build  reads a table or a statement's rows and replaces FILE in one step. ENGINE is sqlite, mysql or
       duckdb; its own options follow as --name value or --name=value (`mogura reference` lists
       them). COLUMN is a long or a string, without nulls, without two rows alike.

         mogura snapshot build slots.snapshot --engine sqlite --database results.db \
             --table slots --key slot_id
         mogura snapshot build top.snapshot --engine duckdb --key id \
             --query "SELECT id, name FROM 'slots.parquet' WHERE floor > 0"

get    prints the rows of the keys as JSON, a line each, in the order of the keys. Exit code 1 when
       one is missing (it is named on standard error).

info   checks the file whole and prints what it holds: rows, columns, bytes, when it was built.

A load writes snapshots as well (out: {type: snapshot, path: slots.snapshot, key: slot_id}), and
`mogura serve --table slots=snapshot:slots.snapshot` serves them. The format is documented, so that
other languages can read it: docs/design/snapshot_format.md.
)";

int usage(const std::string& problem) {
    std::fprintf(stderr, "mogura snapshot: %s\n`mogura snapshot --help` explains.\n",
                 problem.c_str());
    return 2;
}

int failed(const Error& error) {
    std::fprintf(stderr, "mogura snapshot: %s\n", error.message().c_str());
    return 1;
}

struct BuildOptions {
    std::string file;
    std::string engine;
    std::string key;
    std::string table;
    std::string sql;
    config::Map own;  // the engine's
};

// Everything of --name value; problems a line each.
Result<BuildOptions> read_build(std::span<const std::string> words, const query::Engines& engines) {
    config::Map given;
    std::vector<std::string> problems;
    BuildOptions build;
    for (size_t index = 0; index < words.size(); ++index) {
        const std::string& word = words[index];
        if (!word.starts_with("--")) {
            if (!build.file.empty()) problems.push_back("one file is enough: " + word);
            build.file = word;
        } else if (const size_t sign = word.find('='); sign != std::string::npos) {
            given.set(base::replace_all(word.substr(2, sign - 2), "-", "_"), word.substr(sign + 1));
        } else if (index + 1 == words.size()) {
            problems.push_back(word + ": its value is missing");
        } else {
            given.set(base::replace_all(word.substr(2), "-", "_"), words[++index]);
        }
    }
    auto take = [&](std::string_view name) {
        const config::Value* value = given.find(name);
        std::string text = value ? value->string() : "";
        given.erase(name);
        return text;
    };
    build.engine = take("engine");
    build.key = take("key");
    build.table = take("table");
    build.sql = take("query");
    if (build.file.empty()) problems.emplace_back("the file to write is missing");
    if (build.key.empty()) problems.emplace_back("--key COLUMN is missing");
    if (build.table.empty() && build.sql.empty()) {
        problems.emplace_back("--table TABLE or --query SQL is missing");
    }
    if (build.engine.empty()) {
        problems.push_back("--engine is missing: " + base::join(engines.engines.names(), ", "));
    } else if (!engines.engines.has(build.engine)) {
        problems.push_back("--engine: there is no " + build.engine +
                           base::did_you_mean(build.engine, engines.engines.names()));
    } else {
        build.own = server::reading_only(std::move(given), build.engine, engines);
        config::Reader reader(build.own, "", "--engine " + build.engine);
        auto checked = engines.engines.check(build.engine, reader, /*ignore_unknown=*/false);
        if (!checked.ok()) problems.push_back(checked.error().message());
    }
    if (!problems.empty()) return Error(Code::kInvalid, base::join(problems, "\n"));
    if (build.sql.empty()) build.sql = server::select_all(build.engine, build.table);
    if (build.table.empty()) build.table = std::filesystem::path(build.file).stem().string();
    return build;
}

Result<uint64_t> build_file(House& house, const BuildOptions& options) {
    config::Reader reader(options.own, "", "--engine " + options.engine);
    auto engine = TRY(house.registry.engines.create(options.engine, reader,
                                                    /*ignore_unknown=*/false, query::Context()));
    auto builder = TRY(server::read_all(
        *engine, options.sql,
        {.table = options.table, .key = options.key, .created_at = house.clock.now()}));
    uint64_t rows = builder.rows();
    TRY(builder.write(options.file));
    return rows;
}

int build(House& house, std::span<const std::string> words) {
    auto options = read_build(words, house.registry);
    if (!options.ok()) return usage(options.error().message());
    auto rows = build_file(house, *options);
    if (!rows.ok()) return failed(rows.error());
    std::printf("%s: %s rows of %s by %s\n", options->file.c_str(),
                base::with_thousands(static_cast<int64_t>(*rows)).c_str(), options->table.c_str(),
                options->key.c_str());
    return 0;
}

int get(std::span<const std::string> words) {
    if (words.size() < 2) return usage("get FILE KEY...");
    auto table = snapshot::Table::open(words[0]);
    if (!table.ok()) return failed(table.error());
    int code = 0;
    for (const std::string& key : words.subspan(1)) {
        auto row = (*table)->find(std::string_view(key));
        if (!row) {
            std::fprintf(stderr, "mogura snapshot: %s: there is no row %s\n", words[0].c_str(),
                         key.c_str());
            code = 1;
            continue;
        }
        std::string json;
        row->append_json(json);
        std::puts(json.c_str());
    }
    return code;
}

int info(std::span<const std::string> words) {
    if (words.size() != 1) return usage("info FILE");
    auto opened = snapshot::Table::open(words[0]);
    if (!opened.ok()) return failed(opened.error());
    const snapshot::Table& table = **opened;
    auto bytes = static_cast<int64_t>(table.size_bytes());
    std::printf("table     %s\nkey       %s\nrows      %s\n", table.name().c_str(),
                table.schema()[table.key_column()].name.c_str(),
                base::with_thousands(static_cast<int64_t>(table.rows())).c_str());
    std::printf("bytes     %s (%s", base::with_thousands(bytes).c_str(),
                base::with_unit_bytes(bytes).c_str());
    if (table.rows() > 0) {
        std::printf(", %.1f a row", static_cast<double>(bytes) / static_cast<double>(table.rows()));
    }
    std::printf(")\nbuilt     %s\nchecksum  %s\ncolumns\n",
                base::format_iso(table.created_at(), base::TimeZone()).c_str(),
                table.checksum().c_str());
    for (const page::Column& column : table.schema().columns()) {
        std::printf("  %-20s %s\n", column.name.c_str(),
                    std::string(page::type_name(column.type)).c_str());
    }
    return 0;
}

}  // namespace
}  // namespace mogura::cli

COMMAND(snapshot, "Build snapshot files and look into them") {
    using namespace mogura;  // NOLINT(google-build-using-namespace)
    for (const std::string& word : arguments) {
        if (word == "--help" || word == "-h") {
            std::fputs(cli::kHelp, stdout);
            return 0;
        }
    }
    const std::string word = arguments.empty() ? "" : arguments[0];
    auto rest = arguments.empty() ? arguments : arguments.subspan(1);
    if (word == "build") return cli::build(house, rest);
    if (word == "get") return cli::get(rest);
    if (word == "info") return cli::info(rest);
    return cli::usage(word.empty() ? "say build, get or info"
                                   : "there is no " + word + "; say build, get or info");
}
