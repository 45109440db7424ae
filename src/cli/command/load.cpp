// mogura load: runs, previews and completes bulk loads.

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/load_clean_up.h"
#include "cli/load_progress.h"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <optional>
#include <stop_token>
#include <thread>

namespace mogura::cli {
namespace {

constexpr const char* kHelp =
    R"(Moves rows from an input, through filters, to an output, as a file of Embulk's says.

Usage:
  mogura load run CONFIG.yml [-c DIFF.yml] [--json] [--log LEVEL]
  mogura load preview CONFIG.yml [--vertical]
  mogura load guess CONFIG.yml [-o COMPLETED.yml] [-g GUESSER,...]
  mogura load cleanup CONFIG.yml

  run       reads everything and writes it; nothing is visible before it succeeds
  preview   shows the first rows, after the filters, as a table
  guess     looks at the files and prints the configuration with the parser filled in
  cleanup   drops intermediate tables that killed runs of it left behind; none may run meanwhile

Options of run:
  -c DIFF.yml    merged over the configuration; rewritten after success (last_path and the like)
  --json         prints the summary as one line of JSON on standard output
  --log LEVEL    error, warn, info (default) or debug

Keys of our own in the configuration, at the top or under exec:
  quarantine: bad_rows.jsonl     bad rows go there, with place and reason, instead of the log
  max_rejected_rows: 100         more bad rows than that fail the run

A small configuration:
  in:
    type: file
    path_prefix: logs/2024-
    decoders: [{type: gzip}]
    parser:
      type: csv
      skip_header_lines: 1
      columns: [{name: id, type: long}, {name: name, type: string}]
  out: {type: file, path_prefix: out/rows, file_ext: csv, formatter: {type: csv}}
)";

struct Words {
    std::string verb;
    std::string file;
    std::string diff;
    std::string output;
    std::vector<std::string> guess_plugins;
    bool is_json = false;
    bool is_vertical = false;
};

Result<log::Level> level_of(const std::string& word) {
    if (word == "error") return log::Level::kError;
    if (word == "warn") return log::Level::kWarn;
    if (word == "info") return log::Level::kInfo;
    if (word == "debug") return log::Level::kDebug;
    return Error(Code::kInvalid, "--log: unknown level: " + word);
}

Result<Words> parse_words(std::span<const std::string> arguments) {
    Words words;
    std::vector<std::string> plain;
    for (size_t index = 0; index < arguments.size(); ++index) {
        const std::string& word = arguments[index];
        bool wants_value = word == "-c" || word == "--config-diff" || word == "-o" ||
                           word == "-g" || word == "--log";
        if (wants_value && index + 1 == arguments.size()) {
            return Error(Code::kInvalid, word + ": a value is missing behind it");
        }
        if (word == "-c" || word == "--config-diff") {
            words.diff = arguments[++index];
        } else if (word == "-o") {
            words.output = arguments[++index];
        } else if (word == "-g") {
            words.guess_plugins = base::split(arguments[++index], ',');
        } else if (word == "--log") {
            log::Level level = TRY(level_of(arguments[++index]));
            log::set_level(level);
        } else if (word == "--json") {
            words.is_json = true;
        } else if (word == "--vertical" || word == "-G") {
            words.is_vertical = true;
        } else if (word.starts_with("-") && word != "-") {
            return Error(Code::kInvalid, "unknown option: " + word + " (see mogura load --help)");
        } else {
            plain.push_back(word);
        }
    }
    if (plain.size() != 2) {
        return Error(Code::kInvalid, "expected a verb and a file: mogura load run CONFIG.yml");
    }
    words.verb = plain[0];
    words.file = plain[1];
    std::vector<std::string> verbs = {"run", "preview", "guess", "cleanup"};
    if (std::ranges::find(verbs, words.verb) == verbs.end()) {
        return Error(Code::kInvalid,
                     "unknown verb: " + words.verb + base::did_you_mean(words.verb, verbs));
    }
    return words;
}

// A mapping in a YAML file (embulk 1.5.1, 1.5.4).
Result<config::Map> read_config(const std::string& path) {
    if (path.ends_with(".liquid")) {
        return Error(Code::kUnsupported,
                     path + ": Liquid templates are not there yet (write plain .yml)");
    }
    if (!path.ends_with(".yml") && !path.ends_with(".yaml")) {
        return Error(Code::kInvalid, path + ": the file's name must end in .yml or .yaml");
    }
    std::string text = TRY(base::read_file(path));
    config::Value value =
        TRY(config::parse_yaml(text, {.dialect = config::Dialect::kEmbulk, .file = path}));
    if (!value.is_map()) {
        return Error(Code::kInvalid, path + ": expected a mapping with in, filters, out; not " +
                                         std::string(value.kind_name()));
    }
    return value.map();
}

// Deep merge (embulk 1.7.3).
void merge_over(config::Value& base, const config::Value& over) {
    if (base.is_map() && over.is_map()) {
        for (const config::Map::Entry& entry : over.map()) {
            if (config::Value* found = base.map().find(entry.key)) {
                merge_over(*found, entry.value);
            } else {
                base.map().set(entry.key, entry.value);
            }
        }
    } else if (base.is_list() && over.is_list()) {
        for (size_t index = 0; index < over.list().size(); ++index) {
            if (index < base.list().size()) {
                merge_over(base.list()[index], over.list()[index]);
            } else {
                base.list().push_back(over.list()[index]);
            }
        }
    } else {
        base = over;
    }
}

Result<load::Job> read_job(const Words& words) {
    config::Map config = TRY(read_config(words.file));
    if (!words.diff.empty() && base::file_exists(words.diff)) {
        int64_t size = TRY(base::file_size_bytes(words.diff));
        if (size > 0) {
            config::Value merged(std::move(config));
            config::Map diff = TRY(read_config(words.diff));
            merge_over(merged, config::Value(std::move(diff)));
            config = std::move(merged.map());
        }
    }
    return load::Job{
        .config = std::move(config), .file = words.file, .guess_plugins = words.guess_plugins};
}

load::Context context_of(const House& house) {
    unsigned threads = std::thread::hardware_concurrency();
    return {.clock = house.clock, .threads = static_cast<int>(threads > 0 ? threads : 2)};
}

void print_summary(const load::Summary& summary, bool is_json) {
    double seconds = std::chrono::duration<double>(summary.duration).count();
    if (is_json) {
        config::Map map;
        map.set("rows_read", summary.rows_read);
        map.set("rows_written", summary.rows_written);
        map.set("rows_rejected", summary.rows_rejected);
        map.set("bytes_read", summary.bytes_read);
        map.set("bytes_written", summary.bytes_written);
        map.set("seconds", seconds);
        map.set("diff", summary.diff);
        std::printf("%s\n", config::to_json(config::Value(std::move(map))).c_str());
        return;
    }
    double rate = seconds > 0 ? static_cast<double>(summary.bytes_read) / seconds : 0;
    std::fprintf(stderr, "%s rows read, %s written, %s rejected; %s read (%s/s), %s written; %s\n",
                 base::with_thousands(summary.rows_read).c_str(),
                 base::with_thousands(summary.rows_written).c_str(),
                 base::with_thousands(summary.rows_rejected).c_str(),
                 base::with_unit_bytes(summary.bytes_read).c_str(),
                 base::with_unit_bytes(static_cast<int64_t>(rate)).c_str(),
                 base::with_unit_bytes(summary.bytes_written).c_str(),
                 base::with_unit_seconds(seconds).c_str());
}

// Ctrl-C and SIGTERM ask the run to stop; a second one ends the program at once.
class StopOnSignal {
  public:
    StopOnSignal() {
        ::sigemptyset(&signals_);
        ::sigaddset(&signals_, SIGINT);
        ::sigaddset(&signals_, SIGTERM);
        ::sigaddset(&signals_, SIGUSR1);
        ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
        thread_ = std::jthread([this] {
            for (int count = 0;; ++count) {
                int signal = 0;
                ::sigwait(&signals_, &signal);
                if (signal == SIGUSR1) return;
                if (count > 0) ::_exit(128 + signal);
                source_.request_stop();
            }
        });
    }
    ~StopOnSignal() {
        ::pthread_kill(thread_.native_handle(), SIGUSR1);
        thread_.join();
    }
    std::stop_token token() const { return source_.get_token(); }

  private:
    sigset_t signals_{};
    std::stop_source source_;
    std::jthread thread_;
};

Result<> run_load(House& house, const Words& words) {
    load::Job job = TRY(read_job(words));
    StopOnSignal stop;
    load::Progress progress;
    std::optional<LoadProgress> display;
    display.emplace(progress, house.clock, house.is_terminal);
    auto summary = load::run(job, house.registry, context_of(house), progress, stop.token());
    display.reset();
    if (!summary.ok()) return summary.error();
    if (!words.diff.empty()) {
        TRY(base::write_file(words.diff, config::to_yaml(config::Value(summary->diff))));
    }
    print_summary(*summary, words.is_json);
    return {};
}

Result<> show_preview(House& house, const Words& words) {
    load::Job job = TRY(read_job(words));
    load::Preview preview = TRY(load::preview(job, house.registry, context_of(house)));
    std::string text =
        words.is_vertical ? load::preview_vertical(preview) : load::preview_table(preview);
    std::fputs(text.c_str(), stdout);
    return {};
}

Result<> print_guess(House& house, const Words& words) {
    load::Job job = TRY(read_job(words));
    config::Map completed = TRY(load::guess(job, house.registry, context_of(house)));
    std::string text = config::to_yaml(config::Value(std::move(completed)));
    if (!words.output.empty()) return base::write_file(words.output, text);
    std::fputs(text.c_str(), stdout);
    return {};
}

Result<> run_words(House& house, std::span<const std::string> arguments) {
    Words words = TRY(parse_words(arguments));
    if (words.verb == "preview") return show_preview(house, words);
    if (words.verb == "guess") return print_guess(house, words);
    if (words.verb == "cleanup") {
        load::Job job = TRY(read_job(words));
        return print_load_clean_up(job, house.registry, context_of(house));
    }
    return run_load(house, words);
}

}  // namespace
}  // namespace mogura::cli

COMMAND(load, "Run, preview or complete a bulk load (Embulk's configuration)") {
    using namespace mogura;
    if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
        std::fputs(cli::kHelp, stdout);
        return arguments.empty() ? 2 : 0;
    }
    auto result = cli::run_words(house, arguments);
    if (result.ok()) return 0;
    std::fprintf(stderr, "mogura load: %s\n", result.error().message().c_str());
    return 1;
}
