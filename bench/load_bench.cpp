// The loader's speed: whole processes over generated tables, each beside its peers and its floor in
// the same run, with a warm cache. It prints a Markdown table; nothing but the rows is checked.
//
//     load_bench PATH/TO/mogura [--rows N] [--runs N] [--duckdb PYTHON]... [--case NAME]...
//
// How to run it:
//
//     cmake --preset release -B build/bench -DMOGURA_BENCH=ON && ninja -C build/bench load_bench
//     build/bench/bin/load_bench build/release/bin/mogura --duckdb venv/bin/python
//
// on a machine that does nothing else, with 6 GB free in the folder for temporary files (TMPDIR).
// Without --case every line is measured, in the order of --help.
//
// A rate is of the text read (unpacked where the file is packed), or of rows; the best round
// counts. The ratio is our rate to that of the peer named under `against`: the fastest, such as the
// faster of several DuckDBs. Floors and what else is shown beside do not count. DuckDB's time is
// that of a Python which imports it and runs one statement. Peaks are of the processes that were
// started, not of database servers. A peer that is not installed has `-`; a server that is missing
// is named instead of figures.

#include "load_cases.h"
#include "load_run.h"

#include "base/process.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string_view>

namespace mogura::bench {
namespace {

struct Options {
    std::string program;
    int64_t rows = 2000000;
    int runs = 3;
    std::vector<std::string> pythons;
    std::vector<std::string> cases;
    bool help = false;
};

constexpr const char* kUsage =
    "usage: load_bench PATH/TO/mogura [--rows N] [--runs N] [--duckdb PYTHON]... [--case NAME]...\n"
    "\n"
    "  --rows N         rows of the tables (2000000); the one with 100 columns has a tenth\n"
    "  --runs N         rounds, of which the best counts (3)\n"
    "  --duckdb PYTHON  an interpreter that can import duckdb; the fastest of several counts\n"
    "  --case NAME      only these lines:\n";

std::vector<Case> all_cases() {
    std::vector<Case> cases = file_cases();
    for (Case& one : database_cases()) cases.push_back(std::move(one));
    return cases;
}

template <typename T>
T positive(const std::string& option, std::string_view text) {
    T value = 0;
    auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc() || end != text.data() + text.size() || value < 1) {
        throw std::runtime_error(option + ": a number above 0 is wanted: " + std::string(text));
    }
    return value;
}

Options read_options(const Words& words) {
    Options options;
    for (size_t at = 0; at < words.size(); ++at) {
        const std::string& word = words[at];
        if (word == "--help") {
            options.help = true;
            return options;
        }
        if (!word.starts_with("--")) {
            options.program = word;
            continue;
        }
        if (++at == words.size()) throw std::runtime_error(word + ": a value is missing");
        const std::string& value = words[at];
        if (word == "--rows") {
            options.rows = std::max<int64_t>(10, positive<int64_t>(word, value));
        } else if (word == "--runs") {
            options.runs = positive<int>(word, value);
        } else if (word == "--duckdb") {
            options.pythons.push_back(value);
        } else if (word == "--case") {
            options.cases.push_back(value);
        } else {
            throw std::runtime_error("unknown option: " + word);
        }
    }
    if (options.program.empty()) throw std::runtime_error("PATH/TO/mogura is missing (--help)");
    return options;
}

void print_help() {
    std::printf("%s", kUsage);
    for (const Case& one : all_cases()) {
        std::printf("    %-14s %s\n", one.name.c_str(), one.title.c_str());
    }
}

std::vector<Case> wanted_cases(const std::vector<std::string>& names) {
    std::vector<Case> cases = all_cases();
    for (const std::string& name : names) {
        auto has_name = [&](const Case& one) { return one.name == name; };
        if (std::none_of(cases.begin(), cases.end(), has_name)) {
            throw std::runtime_error("--case: no such line (see --help): " + name);
        }
    }
    if (names.empty()) return cases;
    std::erase_if(cases, [&](const Case& one) {
        return std::find(names.begin(), names.end(), one.name) == names.end();
    });
    return cases;
}

Python find_duckdb(const std::string& program) {
    base::Command command{
        .arguments = {program, "-c", "import duckdb; print(duckdb.__version__, end='')"},
        .environment = base::current_environment()};
    auto finished = must(base::run(std::move(command)));
    if (finished.exit.code != 0) throw std::runtime_error(program + ": cannot import duckdb");
    return {.program = program, .version = finished.output};
}

// Removed with everything in it, also when the benchmark fails.
class Folder {
  public:
    Folder() {
        path_ = (std::filesystem::temp_directory_path() / "load_bench_XXXXXX").string();
        if (!::mkdtemp(path_.data())) throw std::runtime_error(path_ + ": cannot create");
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

void measure(const Options& options) {
    const std::vector<Case> cases = wanted_cases(options.cases);
    Folder folder;
    Bench bench{.program = options.program,
                .folder = folder.path(),
                .messages = folder.path() + "/messages",
                .pythons = {},
                .tables = Tables(folder.path(), options.rows)};
    for (const std::string& program : options.pythons) {
        bench.pythons.push_back(find_duckdb(program));
    }
    base::SystemClock clock;
    const Stopwatch stopwatch(clock, bench.messages, options.runs);
    std::printf("%lld rows, best of %d\n\n", static_cast<long long>(options.rows), options.runs);
    Stopwatch::print_heading();
    for (const Case& one : cases) {
        auto line = one.make(bench);
        if (!line.ok()) {
            Stopwatch::print_missing(one.title, line.error().message());
            continue;
        }
        line->name = one.title;
        stopwatch.measure(*line);
    }
}

}  // namespace
}  // namespace mogura::bench

int main(int argc, char** argv) {
    using namespace mogura::bench;
    try {
        const Options options = read_options({argv + 1, argv + argc});
        if (options.help) {
            print_help();
        } else {
            measure(options);
        }
        return 0;
    } catch (const std::exception& failure) {
        std::fprintf(stderr, "load_bench: %s\n", failure.what());
        return 1;
    }
}
