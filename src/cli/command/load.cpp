// mogura load: runs, previews and completes bulk loads.

#include "base/file.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/embulk/example.h"
#include "cli/load_clean_up.h"
#include "cli/load_config.h"
#include "cli/load_help.h"
#include "cli/load_plan.h"
#include "cli/load_progress.h"
#include "cli/load_replay.h"
#include "cli/load_resume.h"
#include "cli/load_schema.h"
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

struct Words {
    std::string verb;
    std::string file;        // of example: its folder
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

// The verb and what belongs to no option.
Result<> take_plain(const std::vector<std::string>& plain, Words& words) {
    if (plain.empty()) {
        return Error(Code::kInvalid, "expected a verb and a file: mogura load run CONFIG.yml");
    }
    words.verb = plain[0];
    const LoadVerb* verb = find_load_verb(words.verb);
    if (!verb) {
        std::vector<std::string> verbs;
        for (const LoadVerb& known : load_verbs()) verbs.emplace_back(known.name);
        return Error(Code::kInvalid, "unknown verb: " + words.verb + " (known are " +
                                         base::join(verbs, ", ") + ")" +
                                         base::did_you_mean(words.verb, verbs));
    }
    const size_t count = plain.size() - 1;
    if (count < verb->words_min || count > verb->words_max) {
        return Error(Code::kInvalid, "expected: mogura load " + words.verb + " " +
                                         std::string(verb->words) + " (mogura load " + words.verb +
                                         " --help explains)");
    }
    if (count > 0) words.file = plain[1];
    if (count > 1) words.quarantine = plain[2];
    return {};
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
        } else if (word.starts_with("-") && word != "-" && word != "--help" && word != "-h") {
            return Error(Code::kInvalid, "unknown option: " + word + " (see mogura load --help)");
        } else {
            plain.push_back(word);
        }
    }
    TRY(take_plain(plain, words));
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
    const auto write_diff = [&](const load::Summary& summary) -> Result<> {
        if (words.diff.empty()) return {};
        return base::write_file(words.diff, config::to_yaml(config::Value(summary.diff)));
    };
    auto summary = words.resume.empty()
                       ? load::run(job, plugins, context_of(house), progress, stop.token())
                       : run_resumable_load(words.resume, job, house.registry, context_of(house),
                                            progress, stop.token(), write_diff);
    display.reset();
    if (!summary.ok()) {
        if (!words.summary.empty()) {
            const config::Value failure(failure_json(progress, summary.error()));
            TRY(base::write_file(words.summary, config::to_json(failure) + "\n"));
        }
        return summary.error();
    }
    if (words.resume.empty()) TRY(write_diff(*summary));
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

bool wants_help(std::span<const std::string> arguments) {
    return std::ranges::any_of(
        arguments, [](const std::string& word) { return word == "--help" || word == "-h"; });
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
    if (words.verb == "example") {
        const std::string folder = words.file.empty() ? "mogura-example" : words.file;
        return embulk::write_example(house.registry, context_of(house), folder, "mogura load");
    }
    return run_load(house, words);
}

}  // namespace
}  // namespace mogura::cli

COMMAND(load, "Run, preview or complete a bulk load (Embulk's configuration)") {
    using namespace mogura;
    const cli::LoadVerb* verb = arguments.empty() ? nullptr : cli::find_load_verb(arguments[0]);
    const bool has_word = !arguments.empty() && !arguments[0].starts_with("-");
    if (arguments.empty() || (cli::wants_help(arguments) && (verb || !has_word))) {
        std::fputs((verb ? cli::load_help(*verb) : cli::load_help()).c_str(), stdout);
        return arguments.empty() ? 2 : 0;
    }
    auto result = cli::run_words(house, arguments);
    if (result.ok()) return 0;
    std::fprintf(stderr, "mogura load: %s\n", result.error().message().c_str());
    return 1;
}
