// mogura load: runs, previews and completes bulk loads.

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/load_clean_up.h"
#include "cli/load_config.h"
#include "cli/load_plan.h"
#include "cli/load_progress.h"
#include "cli/load_replay.h"
#include "cli/load_resume.h"
#include "cli/output_file.h"
#include "cli/stop_on_signal.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <thread>

namespace mogura::cli {
namespace {

constexpr const char* kHelp =
    R"(Moves rows from an input, through filters, to an output, as a file of Embulk's says.

Usage:
  mogura load run CONFIG.yml [-c DIFF.yml] [-r STATE.yml] [--json] [--log LEVEL]
  mogura load preview CONFIG.yml [--vertical]
  mogura load guess CONFIG.yml [-o COMPLETED.yml] [-g GUESSER,...]
  mogura load plan CONFIG.yml [--json]
  mogura load replay CONFIG.yml QUARANTINE.jsonl
  mogura load cleanup CONFIG.yml [-r STATE.yml]
  mogura load schema

  run       reads everything and writes it; nothing is visible before it succeeds
  preview   shows the first rows, after the filters, as a table
  guess     looks at the files and prints the configuration with the parser filled in
  plan      says what run would read, which columns come out, and which files it would write;
            before_setup of a database input runs, and commits, as the columns may need it
  replay    loads the rows of a quarantine file whose `text` somebody has corrected; files get
            replay_ behind their prefix (replay2_ the next time, and so on), what is rejected again
            goes to QUARANTINE.jsonl.rest
  cleanup   drops intermediate tables that killed runs of it left behind; none may run meanwhile.
            With -r it throws away the state of a failed run
  schema    prints the JSON Schema of configurations, for editors

Options of run:
  -c DIFF.yml    merged over the configuration; rewritten after success (last_path and the like)
  -r STATE.yml   a failed run leaves its state there; the same command goes on from it, without
                 the files that were finished
  --json         prints the summary as one line of JSON on standard output
  --summary-json FILE            writes it to a file; of a run that failed, its `error`
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
    std::string quarantine;  // of replay
    std::string diff;
    std::string summary;
    std::string resume;
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
        bool wants_value = word == "-r" || word == "--resume-state" || word == "-c" ||
                           word == "--config-diff" || word == "-o" || word == "-g" ||
                           word == "--log" || word == "--summary-json";
        if (wants_value && index + 1 == arguments.size()) {
            return Error(Code::kInvalid, word + ": a value is missing behind it");
        }
        if (word == "-c" || word == "--config-diff") {
            words.diff = arguments[++index];
        } else if (word == "-r" || word == "--resume-state") {
            words.resume = arguments[++index];
        } else if (word == "-o") {
            words.output = arguments[++index];
        } else if (word == "-g") {
            words.guess_plugins = base::split(arguments[++index], ',');
        } else if (word == "--log") {
            log::Level level = TRY(level_of(arguments[++index]));
            log::set_level(level);
        } else if (word == "--summary-json") {
            words.summary = arguments[++index];
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
    std::vector<std::string> verbs = {"run",    "preview", "guess", "plan",
                                      "replay", "cleanup", "schema"};
    words.verb = plain.empty() ? "" : plain[0];
    if (!plain.empty() && std::ranges::find(verbs, words.verb) == verbs.end()) {
        return Error(Code::kInvalid,
                     "unknown verb: " + words.verb + base::did_you_mean(words.verb, verbs));
    }
    size_t wanted = words.verb == "replay" ? 3 : words.verb == "schema" ? 1 : 2;
    if (plain.size() != wanted) {
        return Error(Code::kInvalid,
                     words.verb == "replay"
                         ? "expected two files: mogura load replay CONFIG.yml QUARANTINE.jsonl"
                         : "expected a verb and a file: mogura load run CONFIG.yml");
    }
    if (wanted > 1) words.file = plain[1];
    if (wanted > 2) words.quarantine = plain[2];
    return words;
}

Result<load::Job> read_job(const House& house, const Words& words) {
    config::Map config =
        TRY(read_load_config(words.file, words.diff, {house.environment, house.clock}));
    return load::Job{
        .config = std::move(config), .file = words.file, .guess_plugins = words.guess_plugins};
}

load::Context context_of(const House& house) {
    unsigned threads = std::thread::hardware_concurrency();
    load::Context context{.clock = house.clock,
                          .threads = static_cast<int>(threads > 0 ? threads : 2)};
    auto temporary = house.environment.find("TMPDIR");
    if (temporary != house.environment.end()) context.temporary = temporary->second;
    return context;
}

config::Map summary_json(const load::Summary& summary) {
    config::Map map;
    map.set("rows_read", summary.rows_read);
    map.set("rows_written", summary.rows_written);
    map.set("rows_rejected", summary.rows_rejected);
    map.set("bytes_read", summary.bytes_read);
    map.set("bytes_written", summary.bytes_written);
    map.set("seconds", std::chrono::duration<double>(summary.duration).count());
    map.set("diff", summary.diff);
    return map;
}

// Of a run that failed: how far it came.
config::Map failure_json(const load::Progress& progress, const Error& error) {
    config::Map map;
    map.set("error", error.message());
    map.set("rows_read", progress.rows_read.load());
    map.set("rows_rejected", progress.rows_rejected.load());
    map.set("bytes_read", progress.bytes_read.load());
    return map;
}

Result<> tell(const load::Summary& summary, const Words& words) {
    if (!words.summary.empty()) {
        TRY(base::write_file(words.summary,
                             config::to_json(config::Value(summary_json(summary))) + "\n"));
    }
    if (words.is_json) {
        std::printf("%s\n", config::to_json(config::Value(summary_json(summary))).c_str());
        return {};
    }
    double seconds = std::chrono::duration<double>(summary.duration).count();
    double rate = seconds > 0 ? static_cast<double>(summary.bytes_read) / seconds : 0;
    std::fprintf(stderr, "%s rows read, %s written, %s rejected; %s read (%s/s), %s written; %s\n",
                 base::with_thousands(summary.rows_read).c_str(),
                 base::with_thousands(summary.rows_written).c_str(),
                 base::with_thousands(summary.rows_rejected).c_str(),
                 base::with_unit_bytes(summary.bytes_read).c_str(),
                 base::with_unit_bytes(static_cast<int64_t>(rate)).c_str(),
                 base::with_unit_bytes(summary.bytes_written).c_str(),
                 base::with_unit_seconds(seconds).c_str());
    return {};
}

// What cannot be written must not be found out behind the commit.
Result<> check_output_files(const Words& words) {
    if (!words.summary.empty()) {
        TRY(check_output_file("--summary-json", words.summary, "summary.json"));
    }
    if (!words.diff.empty()) TRY(check_output_file("-c", words.diff, "diff.yml"));
    return {};
}

Result<> run_job(House& house, const load::Plugins& plugins, const Words& words,
                 const load::Job& job) {
    TRY(check_output_files(words));
    StopOnSignal stop;
    load::Progress progress;
    std::optional<LoadProgress> display;
    display.emplace(progress, house.clock, house.is_terminal);
    auto summary = words.resume.empty()
                       ? load::run(job, plugins, context_of(house), progress, stop.token())
                       : run_resumable_load(words.resume, job, house.registry, context_of(house),
                                            progress, stop.token());
    display.reset();
    if (!summary.ok()) {
        if (!words.summary.empty()) {
            const config::Value failure(failure_json(progress, summary.error()));
            TRY(base::write_file(words.summary, config::to_json(failure) + "\n"));
        }
        return summary.error();
    }
    if (!words.diff.empty()) {
        TRY(base::write_file(words.diff, config::to_yaml(config::Value(summary->diff))));
    }
    return tell(*summary, words);
}

Result<> run_load(House& house, const Words& words) {
    load::Job job = TRY(read_job(house, words));
    return run_job(house, house.registry, words, job);
}

Result<> replay(House& house, const Words& words) {
    if (!words.diff.empty() || !words.resume.empty()) {
        return Error(Code::kInvalid,
                     "replay takes neither -c nor -r: what the next run reads does not change");
    }
    load::Job job = TRY(read_job(house, words));
    Replay replay = TRY(Replay::read(job.config, words.quarantine));
    job.config = replay.config();
    const load::Plugins plugins = replay.plugins(house.registry);
    auto result = run_job(house, plugins, words, job);
    auto placed = replay.place_rest();
    return result.ok() ? placed : result;
}

Result<> show_plan(House& house, const Words& words) {
    load::Job job = TRY(read_job(house, words));
    load::Plan plan = TRY(load::plan(job, house.registry, context_of(house)));
    std::string text =
        words.is_json ? config::to_json(config::Value(plan_json(plan))) + "\n" : plan_text(plan);
    std::fputs(text.c_str(), stdout);
    return {};
}

Result<> print_schema(const House& house) {
    std::printf("%s\n", config::to_json(config::Value(load_schema(house.registry))).c_str());
    return {};
}

Result<> show_preview(House& house, const Words& words) {
    load::Job job = TRY(read_job(house, words));
    load::Preview preview = TRY(load::preview(job, house.registry, context_of(house)));
    std::string text =
        words.is_vertical ? load::preview_vertical(preview) : load::preview_table(preview);
    std::fputs(text.c_str(), stdout);
    return {};
}

Result<> print_guess(House& house, const Words& words) {
    load::Job job = TRY(read_job(house, words));
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
        load::Job job = TRY(read_job(house, words));
        return print_load_clean_up(job, house.registry, context_of(house), words.resume);
    }
    if (words.verb == "plan") return show_plan(house, words);
    if (words.verb == "replay") return replay(house, words);
    if (words.verb == "schema") return print_schema(house);
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
