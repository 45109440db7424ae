// Runs SQL from the command line and shows its rows, or writes them to a file.

#include "base/file.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/result_table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <optional>
#include <thread>

namespace {

using namespace mogura;

constexpr const char* kHelp = R"(Runs SQL and shows the rows of its last statement.

Usage:
  mogura query [OPTIONS] "SQL"
  mogura query [OPTIONS] -f FILE.sql

Files are tables: name them in quotes. CSV and JSON lines may be compressed, and a pattern takes many
files at once; folders such as dt=2026-03-10 become columns.

  mogura query "SELECT count(*) FROM 'logs/*.csv.gz'"
  mogura query "SELECT dt, sum(price) FROM 'sales/dt=*/*.parquet' GROUP BY dt ORDER BY dt"
  mogura query -f report.sql -p day=2026-03-10 --out report.csv
  mogura query --engine sqlite --database shop.db "SELECT * FROM orders LIMIT 5"
  mogura query "COPY (SELECT * FROM 'big.csv') TO 'big.parquet'"

Options:
  -f, --file FILE        SQL from a file ("-": standard input); ${...} in it are templates
  -p, --param NAME=VALUE a parameter for the templates; may be repeated
  -e, --engine NAME      SQL engine: ENGINES (default duckdb)
  -d, --database NAME    the engine's database (duckdb: a file; without it, memory)
  -o, --option NAME=VALUE another option of the engine, such as memory_limit=2GB; may be repeated
      --format FORMAT    table (default), csv, jsonl
      --out FILE         write the rows to FILE.csv, FILE.jsonl or FILE.parquet
      --rows N           rows that a table shows at most (default 100)
      --time-zone ZONE   zone of the SQL's local times (default UTC)
  -h, --help             this text
)";

enum class Format { kTable, kCsv, kJsonLines };

struct Arguments {
    query::Text text;
    bool has_text = false;
    config::Map parameters;
    plugins::EngineOptions engine;
    Format format = Format::kTable;
    std::string out;
    size_t rows_max = 100;
    std::string time_zone = "UTC";
    bool help = false;
};

Error usage(const std::string& message) {
    return Error(Code::kInvalid, message + " (mogura query --help explains)");
}

Error one_text(const std::string& second) {
    return usage("one SQL text or one file expected, found also: " + second);
}

// SQL may begin with a comment: "-- ", or a line that is no option's name and not the last.
bool is_sql(const std::string& word) {
    if (!word.starts_with("-") || word == "-") return true;
    if (!word.starts_with("--")) return false;
    const size_t blank = word.find_first_of(" \t\r\n");
    return blank == 2 || (blank < word.find('=') && word.find('\n') != std::string::npos);
}

Result<> add_pair(config::Map& map, const std::string& pair) {
    size_t sign = pair.find('=');
    if (sign == std::string::npos || sign == 0) return usage("NAME=VALUE expected: " + pair);
    map.set(pair.substr(0, sign), pair.substr(sign + 1));
    return {};
}

Result<Format> format_of(const std::string& word) {
    if (word == "table") return Format::kTable;
    if (word == "csv") return Format::kCsv;
    if (word == "jsonl") return Format::kJsonLines;
    return usage("unknown format: " + word);
}

// Applies one option with its value.
Result<> apply(Arguments& read, const std::string& name, const std::string& value) {
    if (name == "-p" || name == "--param") return add_pair(read.parameters, value);
    if (name == "-o" || name == "--option") return add_pair(read.engine.options, value);
    if (name == "-f" || name == "--file") {
        if (read.has_text) return one_text(value);
        read.text.file = value;
        read.has_text = true;
    } else if (name == "-e" || name == "--engine") {
        read.engine.engine = value;
    } else if (name == "-d" || name == "--database") {
        read.engine.options.set("database", value);
    } else if (name == "--format") {
        read.format = TRY(format_of(value));
    } else if (name == "--out") {
        read.out = value;
    } else if (name == "--time-zone") {
        read.time_zone = value;
    } else if (name == "--rows") {
        auto number = base::parse_integer(value);
        if (!number || *number < 0) return usage("--rows needs a number: " + value);
        read.rows_max = static_cast<size_t>(*number);
    } else {
        static const std::vector<std::string> known = {
            "--file",   "--param", "--engine", "--database",  "--option",
            "--format", "--out",   "--rows",   "--time-zone", "--help"};
        return usage("unknown option: " + name + base::did_you_mean(name, known));
    }
    return {};
}

Result<Arguments> read_arguments(std::span<const std::string> arguments) {
    Arguments read;
    read.engine.path = "query";
    for (size_t index = 0; index < arguments.size(); ++index) {
        std::string name = arguments[index];
        if (name == "-h" || name == "--help") {
            read.help = true;
            return read;
        }
        if (is_sql(name)) {
            if (read.has_text) return one_text(name);
            read.text.sql = name;
            read.has_text = true;
            continue;
        }
        std::optional<std::string> value;
        if (size_t sign = name.find('='); name.starts_with("--") && sign != std::string::npos) {
            value = name.substr(sign + 1);
            name.erase(sign);
        } else if (index + 1 < arguments.size()) {
            value = arguments[++index];
        }
        if (!value) return usage(name + " needs a value");
        TRY(apply(read, name, *value));
    }
    if (!read.has_text) return usage("no SQL given");
    return read;
}

Result<std::string> read_input() {
    auto source = TRY(base::open_source("/dev/stdin"));
    return base::read_all(*source, 64 * 1024 * 1024);
}

// Reads the file and fills its templates.
Result<query::Text> complete(const Arguments& arguments) {
    query::Text text = arguments.text;
    if (text.file == "-") {
        text.sql = TRY(read_input());
        text.file = "standard input";
    } else if (!text.file.empty()) {
        text.sql = TRY(base::read_file(text.file));
    }
    bool has_templates = !text.file.empty() || !arguments.parameters.empty();
    if (!has_templates || !script::has_template(text.sql)) return text;
    auto evaluator = script::Evaluator::create({{"/proc/self/exe", "script-sandbox"}}, {});
    auto evaluated = evaluator->evaluate_text(
        {.parameters = arguments.parameters, .time_zone = arguments.time_zone}, text.sql);
    if (!evaluated.ok()) return evaluated.error().at(text.file.empty() ? "sql" : text.file);
    text.sql = *std::move(evaluated);
    return text;
}

size_t terminal_width() {
    winsize size{};
    if (!::isatty(STDOUT_FILENO) || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
    return size.ws_col;
}

void print(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

std::string rows_of(int64_t rows) {
    return base::with_thousands(rows) + (rows == 1 ? " row" : " rows");
}

// Shows the rows as a table; returns the line that sums up.
Result<std::string> show_table(query::Rows& rows, size_t rows_max) {
    cli::ResultTable table(rows.schema(), {.rows_max = rows_max, .width_max = terminal_width()});
    TRY(query::each_page(rows, [&](page::Page page) {
        table.add(page);
        return Result<>();
    }));
    print(table.text());
    if (rows.schema().size() == 0) return std::string("done");
    std::string text = rows_of(static_cast<int64_t>(table.rows()));
    if (table.rows() > rows_max) text += ", the first " + std::to_string(rows_max) + " shown";
    return text;
}

Result<> print_text(query::Rows& rows, Format format) {
    std::string text;
    if (format == Format::kCsv) query::append_csv_header(text, rows.schema());
    TRY(query::each_page(rows, [&](page::Page page) {
        format == Format::kCsv ? query::append_csv(text, page)
                               : query::append_json_lines(text, page);
        print(text);
        text.clear();
        return Result<>();
    }));
    print(text);
    return {};
}

Result<> run(cli::House& house, const Arguments& arguments) {
    const auto begun = house.clock.monotonic();
    auto text = TRY(complete(arguments));
    query::Context context;
    context.threads = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    context.time_zone = arguments.time_zone;
    auto temporary = house.environment.find("TMPDIR");
    if (temporary != house.environment.end()) context.temporary = temporary->second;
    auto engine = TRY(plugins::make_engine(arguments.engine, house.registry, context));
    auto rows = TRY(engine->execute(text));
    std::string sum;
    if (!arguments.out.empty()) {
        auto written = TRY(plugins::write_result_file(*rows, arguments.out));
        sum = rows_of(written.rows) + " to " + arguments.out + ", " +
              base::with_unit_bytes(written.bytes);
    } else if (arguments.format == Format::kTable) {
        sum = TRY(show_table(*rows, arguments.rows_max));
    } else {
        return print_text(*rows, arguments.format);
    }
    std::chrono::duration<double> taken = house.clock.monotonic() - begun;
    std::fflush(stdout);
    std::fprintf(stderr, "%s in %s\n", sum.c_str(), base::with_unit_seconds(taken.count()).c_str());
    return {};
}

}  // namespace

COMMAND(query, "Run SQL over files and databases") {
    auto read = read_arguments(arguments);
    if (!read.ok()) {
        std::fprintf(stderr, "mogura query: %s\n", read.error().message().c_str());
        return 2;
    }
    if (read->help) {
        std::string engines = base::join(house.registry.engines.names(), ", ");
        print(base::replace_all(kHelp, "ENGINES", engines));
        return 0;
    }
    auto done = run(house, *read);
    if (done.ok()) return 0;
    std::fprintf(stderr, "mogura query: %s\n", done.error().message().c_str());
    return 1;
}
