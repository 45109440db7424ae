// The loader's speed: whole processes over generated tables, each beside DuckDB in the same run.
//
//     load_bench PATH/TO/mogura [ROWS] [PYTHON]
//
// PYTHON is an interpreter that can import duckdb; without it only our own figures are printed.
// Rates are of the text read (unpacked where the file is packed); each figure is the best of three.

#include "base/check.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/process.h"

#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace {

using namespace mogura;

// id, account, time, purchase, comment, price, flag, country: about 105 bytes a row. One comment in
// twenty holds a doubled quote, one in twenty a line break.
std::string typed_table(int64_t rows) {
    constexpr const char* kWords[] = {"amber", "birch", "cedar", "dune",
                                      "ember", "fjord", "grove", "heath"};
    constexpr const char* kCountries[] = {"JP", "US", "DE", "FR", "BR", "IN", "KR", "TW"};
    std::mt19937_64 random(20240310);
    std::string text = "id,account,time,purchase,comment,price,flag,country\n";
    char line[256];
    for (int64_t id = 1; id <= rows; ++id) {
        uint64_t bits = random();
        int month = static_cast<int>(bits % 12) + 1;
        int day = static_cast<int>(bits / 12 % 28) + 1;
        int second = static_cast<int>(bits / 336 % 86400);
        std::string comment;
        for (uint64_t word = 0, count = 5 + bits % 5; word < count; ++word) {
            if (word > 0) comment += ' ';
            comment += kWords[random() % 8];
        }
        uint64_t style = random() % 20;
        if (style == 0) comment += " \"\"large\"\" size";
        if (style == 1) comment += "\nsecond line";
        std::snprintf(
            line, sizeof line,
            "%lld,%llu,2025-%02d-%02d %02d:%02d:%02d,2025%02d%02d,\"%s\",%llu.%02llu,%s,%s\n",
            static_cast<long long>(id), static_cast<unsigned long long>(random() % 1000000000),
            month, day, second / 3600, second / 60 % 60, second % 60, month, day, comment.c_str(),
            static_cast<unsigned long long>(random() % 10000),
            static_cast<unsigned long long>(random() % 100), bits & 1 ? "true" : "false",
            kCountries[random() % 8]);
        text += line;
    }
    return text;
}

void write_packed(const std::string& path, const std::string& text) {
    gzFile file = ::gzopen(path.c_str(), "wb6");
    CHECK(file != nullptr);
    CHECK(::gzwrite(file, text.data(), static_cast<unsigned>(text.size())) > 0);
    ::gzclose(file);
}

std::string load_config(const std::string& input, bool is_packed, const std::string& output) {
    return "in:\n  type: file\n  path_prefix: " + input + "\n" +
           (is_packed ? "  decoders: [{type: gzip}]\n" : "") +
           "  parser:\n    type: csv\n    skip_header_lines: 1\n    columns:\n"
           "    - {name: id, type: long}\n    - {name: account, type: long}\n"
           "    - {name: time, type: timestamp, format: '%Y-%m-%d %H:%M:%S'}\n"
           "    - {name: purchase, type: timestamp, format: '%Y%m%d'}\n"
           "    - {name: comment, type: string}\n    - {name: price, type: double}\n"
           "    - {name: flag, type: boolean}\n    - {name: country, type: string}\n" +
           output;
}

std::string duckdb_script(const std::string& input, const std::string& output) {
    std::string read =
        "read_csv('" + input +
        "', header=true, columns={'id':'BIGINT','account':'BIGINT',"
        "'time':'TIMESTAMP','purchase':'VARCHAR','comment':'VARCHAR','price':'DOUBLE',"
        "'flag':'BOOLEAN','country':'VARCHAR'})";
    std::string columns =
        "id, account, time, strptime(purchase,'%Y%m%d') as purchase, comment, price, flag, country";
    if (!output.empty()) {
        return "import duckdb\nduckdb.sql(\"copy (select " + columns + " from " + read + ") to '" +
               output + "' (format csv, header)\")\n";
    }
    return "import duckdb\nduckdb.sql(\"select count(id), sum(account), max(time), max(purchase), "
           "sum(length(comment)), sum(price), bool_or(flag), max(country) from (select " +
           columns + " from " + read + ")\").fetchall()\n";
}

// The best of three runs, in seconds.
double best_of_three(const base::Clock& clock, const std::vector<std::string>& words) {
    double best = 1e9;
    for (int run = 0; run < 3; ++run) {
        base::Command command{.arguments = words, .environment = base::current_environment()};
        command.errors = base::Stream::null();
        auto start = clock.monotonic();
        auto finished = base::run(std::move(command));
        CHECK(finished.ok() && finished->exit.code == 0);
        best = std::min(best, std::chrono::duration<double>(clock.monotonic() - start).count());
    }
    return best;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: load_bench PATH/TO/mogura [ROWS] [PYTHON]\n");
        return 2;
    }
    const std::string program = argv[1];
    const int64_t rows = argc > 2 ? std::atoll(argv[2]) : 2000000;
    const std::optional<std::string> python =
        argc > 3 ? std::optional<std::string>(argv[3]) : std::nullopt;
    base::SystemClock clock;
    std::string name = (std::filesystem::temp_directory_path() / "load_bench_XXXXXX").string();
    const std::string folder = ::mkdtemp(name.data());
    const std::string text = typed_table(rows);
    CHECK(base::write_file(folder + "/typed.csv", text).ok());
    write_packed(folder + "/packed.csv.gz", text);

    struct Case {
        const char* name;
        std::string input;
        bool is_packed;
        bool has_output;
    };
    const std::vector<Case> cases = {
        {"typed CSV -> null", folder + "/typed.csv", false, false},
        {"gzip typed CSV -> null", folder + "/packed.csv.gz", true, false},
        {"typed CSV -> CSV", folder + "/typed.csv", false, true}};
    std::printf("%lld rows, %.0f MB\n", static_cast<long long>(rows),
                static_cast<double>(text.size()) / 1e6);
    std::printf("| case | mogura MB/s | DuckDB MB/s | ratio |\n|---|---|---|---|\n");
    for (const Case& one : cases) {
        std::string output =
            one.has_output
                ? "out: {type: file, path_prefix: " + folder +
                      "/ours, file_ext: .csv, sequence_format: '', formatter: {type: csv}}\n"
                : "out: {type: \"null\"}\n";
        CHECK(base::write_file(folder + "/load.yml", load_config(one.input, one.is_packed, output))
                  .ok());
        double ours =
            best_of_three(clock, {program, "load", "run", folder + "/load.yml", "--log", "error"});
        double megabytes = static_cast<double>(text.size()) / 1e6;
        if (!python) {
            std::printf("| %s | %.0f | - | - |\n", one.name, megabytes / ours);
            continue;
        }
        std::string theirs_output = one.has_output ? folder + "/theirs.csv" : "";
        CHECK(base::write_file(folder + "/peer.py", duckdb_script(one.input, theirs_output)).ok());
        double theirs = best_of_three(clock, {*python, folder + "/peer.py"});
        std::printf("| %s | %.0f | %.0f | %.1f |\n", one.name, megabytes / ours, megabytes / theirs,
                    theirs / ours);
    }
    std::filesystem::remove_all(folder);
    return 0;
}
