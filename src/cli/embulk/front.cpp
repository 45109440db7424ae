// The program under the name `embulk`: its verbs, where their texts go, and their exit codes
// (embulk 1.1, 1.2).

#include "cli/front.h"

#include "base/file.h"
#include "base/text.h"
#include "cli/embulk/built_in.h"
#include "cli/embulk/command_line.h"
#include "cli/embulk/example.h"
#include "cli/embulk/log_lines.h"
#include "cli/embulk/properties.h"
#include "cli/load_config.h"
#include "cli/load_resume.h"
#include "cli/stop_on_signal.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <thread>
#include <utility>

namespace mogura::cli {
namespace {

using embulk::CommandLine;

constexpr const char* kVersion = "0.11.5";  // whose behaviour it is
constexpr int kUsageExit = 255;             // also for help and version (1.2.3)
constexpr int kFailureExit = 1;

int refuse(const std::string& message, std::string_view verb) {
    std::fprintf(stderr, "embulk: %s\n", message.c_str());
    std::fputs(embulk::usage(verb).c_str(), stdout);
    return kUsageExit;
}

Result<log::Level> level_of(const std::string& word) {
    if (word.empty() || word == "info") return log::Level::kInfo;
    if (word == "error") return log::Level::kError;
    if (word == "warn") return log::Level::kWarn;
    if (word == "debug" || word == "trace") return log::Level::kDebug;
    return Error(Code::kInvalid, "log level " + word +
                                     " is invalid. Available levels are error, warn, info, debug "
                                     "and trace");
}

std::string property(const embulk::Properties& properties, const std::string& name) {
    auto found = properties.find(name);
    return found == properties.end() ? "" : found->second;
}

// Opens for appending, which creates the file (1.7.1).
Result<> check_writable(const std::string& path) {
    if (path.empty()) return {};
    base::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
    if (!file) return Error(Code::kDenied, "Not writable: " + path);
    return {};
}

// One call of run, preview, guess or cleanup.
class Session {
  public:
    Session(House& house, const CommandLine& line, embulk::Properties properties,
            embulk::LogLines& lines)
        : house_(house), line_(line), properties_(std::move(properties)), lines_(lines) {}

    Result<> perform() {
        log::info(std::string("Started Embulk v") + kVersion + " (mogura " MOGURA_VERSION ")");
        for (const std::string& word : line_.ignored) {
            log::debug("This option has no effect here: " + word);
        }
        if (line_.verb == "preview") return preview();
        if (line_.verb == "guess") return guess();
        if (line_.verb == "cleanup") return cleanup();
        return run();
    }

  private:
    load::Context context() const {
        unsigned threads = std::max(1U, std::thread::hardware_concurrency());
        return {.clock = house_.clock,
                .compat = load::Compat::kStrict,
                .threads = static_cast<int>(threads)};
    }

    TemplateWorld world() const { return {house_.environment, house_.clock}; }

    Result<load::Job> job(const std::string& diff = "") const {
        config::Map config = TRY(read_load_config(line_.words[0], diff, world()));
        embulk::apply_to_exec(properties_, config);
        load::Job job{.config = std::move(config), .file = line_.words[0]};
        for (const std::string& name : base::split(property(properties_, "guess_plugins"), ',')) {
            if (!name.empty()) job.guess_plugins.push_back(name);
        }
        std::ranges::copy(line_.guess_plugins, std::back_inserter(job.guess_plugins));
        return job;
    }

    Result<> run() {
        TRY(check_writable(line_.output));
        TRY(check_writable(line_.config_diff));
        TRY(check_writable(line_.resume_state));
        if (!line_.output.empty()) {
            log::warn("-o, --output of run is deprecated: use -c, --config-diff instead");
        }
        load::Job job = TRY(this->job(line_.config_diff));
        StopOnSignal stop;
        load::Progress progress;
        lines_.set_role("0001:transaction");
        auto done = run_job(job, progress, stop.token());
        lines_.set_role("main");
        return done;
    }

    Result<> run_job(const load::Job& job, load::Progress& progress, std::stop_token stop) {
        const std::string& path = line_.resume_state;
        const auto conclude = [&](const load::Summary& summary) {
            lines_.set_role("main");
            return this->conclude(job, summary);
        };
        if (!path.empty()) {
            TRY(run_resumable_load(path, job, house_.registry, context(), progress, stop,
                                   conclude));
            return {};
        }
        auto summary = TRY(load::run(job, house_.registry, context(), progress, stop));
        return conclude(summary);
    }

    Result<> conclude(const load::Job& job, const load::Summary& summary) {
        log::info("Committed.");
        log::info("Next config diff: " + config::to_json(config::Value(summary.diff)));
        if (!line_.config_diff.empty()) {
            TRY(base::write_file(line_.config_diff, config::to_yaml(config::Value(summary.diff))));
        }
        if (line_.output.empty()) return {};
        config::Value whole(job.config);
        merge_over(whole, config::Value(summary.diff));
        return base::write_file(line_.output, config::to_yaml(whole));
    }

    Result<> preview() {
        std::string format = property(properties_, "preview_format");
        bool is_vertical = line_.is_vertical || format == "vertical";
        if (!format.empty() && format != "table" && format != "vertical") {
            return Error(Code::kInvalid, "preview_format must be table or vertical, not " + format);
        }
        load::Job job = TRY(this->job());
        lines_.set_role("0001:preview");
        auto preview = TRY(load::preview(job, house_.registry, context()));
        std::string text =
            is_vertical ? load::preview_vertical(preview) : load::preview_table(preview);
        std::fputs(text.c_str(), stdout);
        return {};
    }

    Result<> guess() {
        TRY(check_writable(line_.output));
        load::Job job = TRY(this->job());
        config::Map seed = TRY(read_load_config(line_.words[0], world()));
        lines_.set_role("0001:guess");
        config::Map completed = TRY(load::guess(job, house_.registry, context()));
        // What came from the properties stays out of the document.
        if (const config::Value* exec = seed.find("exec")) {
            completed.set("exec", *exec);
        } else {
            completed.erase("exec");
        }
        std::string text = config::to_yaml(config::Value(std::move(completed)));
        std::fprintf(stderr, "%s\n", text.c_str());
        if (line_.output.empty()) {
            std::printf("Use the -o FILE option to write the guessed configuration to a file.\n");
            return {};
        }
        TRY(base::write_file(line_.output, text));
        std::printf("Created '%s' file.\n", line_.output.c_str());
        return {};
    }

    // 0.9's meaning: with the state goes what the run that wrote it left (1.2.4).
    Result<> cleanup() {
        if (line_.resume_state.empty() || !base::file_exists(line_.resume_state)) return {};
        load::Job job = TRY(this->job());
        return drop_resume_state(line_.resume_state, [&]() -> Result<> {
            TRY(load::clean_up(job, house_.registry, context()));
            return {};
        });
    }

    House& house_;
    const CommandLine& line_;
    const embulk::Properties properties_;
    embulk::LogLines& lines_;
};

Result<> perform_session(House& house, const CommandLine& line) {
    embulk::Properties properties = TRY(embulk::all_properties(
        line.properties, house.environment, std::filesystem::current_path().string()));
    std::string level_word =
        line.log_level.empty() ? property(properties, "log_level") : line.log_level;
    log::Level level = TRY(level_of(level_word));
    log::set_level(level);
    std::string path = line.log_path.empty() ? property(properties, "log_path") : line.log_path;
    bool is_coloured = ::isatty(STDIN_FILENO) != 0 && ::isatty(STDOUT_FILENO) != 0;
    auto lines = TRY(embulk::LogLines::open(house.clock, path, is_coloured));
    auto result = Session(house, line, std::move(properties), *lines).perform();
    std::fflush(stdout);
    return result;
}

Result<> print(Result<std::string> answer) {
    if (!answer.ok()) return answer.error();
    std::fputs(answer->c_str(), stdout);
    return {};
}

Result<> perform(House& house, const CommandLine& line) {
    const std::string& verb = line.verb;
    if (verb == "example") {
        std::string folder = line.words.empty() ? "embulk-example" : line.words[0];
        return embulk::write_example(house.registry, load::Context{.clock = house.clock}, folder,
                                     "embulk");
    }
    if (verb == "gem") return print(embulk::answer_gem(house.registry, line.words));
    if (verb == "install") {
        return print(embulk::answer_install(house.registry, line.words[0]));
    }
    if (verb == "bundle") {
        std::printf("Plugins are built in: there is nothing to bundle.\n");
        return {};
    }
    if (verb == "license") {
        std::printf("mogura " MOGURA_VERSION ", licensed under the Apache License, Version 2.0\n");
        return {};
    }
    if (verb == "mkbundle" || verb == "selfupdate") {
        return Error(Code::kUnsupported,
                     verb + " is not a part of this program (" +
                         (verb == "mkbundle" ? "plugins are built in" : "update its package") +
                         ")");
    }
    return perform_session(house, line);
}

std::string wrong_count(std::string_view verb, const embulk::Count& count) {
    std::string wanted = count.least == count.most
                             ? "exact " + std::to_string(count.least)
                             : std::to_string(count.least) + " - " + std::to_string(count.most);
    return "'" + std::string(verb) + "' needs " + wanted + " argument(s).";
}

}  // namespace

int run_as_embulk(House& house, const std::vector<std::string>& arguments) {
    auto parsed = embulk::parse(arguments);
    if (!parsed.ok()) {
        auto verb = std::ranges::find_if(
            arguments, [](const std::string& word) { return embulk::is_verb(word); });
        return refuse(parsed.error().message(), verb == arguments.end() ? "" : *verb);
    }
    const CommandLine& line = *parsed;
    if (line.wants_version && line.verb.empty()) {
        std::printf("Embulk %s (mogura %s)\n", kVersion, MOGURA_VERSION);
        return kUsageExit;
    }
    if (line.verb.empty() || line.wants_help || line.wants_version) {
        std::fputs(embulk::usage(line.verb).c_str(), stdout);
        return kUsageExit;
    }
    if (embulk::is_former_verb(line.verb)) {
        return refuse("'" + line.verb + "' is no longer available.", "");
    }
    if (!embulk::is_verb(line.verb)) {
        return refuse("'" + line.verb + "' is not an embulk command.", "");
    }
    embulk::Count count = embulk::words_of(line.verb);
    if (line.words.size() < count.least || line.words.size() > count.most) {
        return refuse(wrong_count(line.verb, count), line.verb);
    }
    auto result = perform(house, line);
    if (result.ok()) return 0;
    std::fprintf(stderr, "\nError: %s\n", result.error().message().c_str());
    return kFailureExit;
}

}  // namespace mogura::cli
