#include "cli/run_options.h"

#include "base/text.h"
#include "cli/log_level.h"
#include "cli/parameter_options.h"

#include <functional>
#include <map>
#include <vector>

namespace mogura::cli {

const char* const kRunHelp = R"(Run a workflow here, from its .dig file to its end.

Usage: mogura run [FILE.dig] [+TASK] [OPTIONS]

Without FILE.dig the project's only workflow is taken. With +TASK only that part of it runs.
Finished tasks are remembered: the same command again goes on where the last run stopped, also
after a crash or a power cut. To run a task again, delete its file in the state folder.

Which tasks run:
  -a, --rerun              Run all tasks, whatever was finished before.
  -s, --start +NAME        Run NAME and everything behind it again.
  -g, --goal +NAME         Run NAME again, and nothing behind it.
  -e, --end +NAME          Stop before NAME.
  -d, --dry-run            Evaluate everything, run nothing.
  -E, --show-params        Print the parameters of each task.

What they see:
  -p KEY=VALUE             A parameter; -p a.b=1 nests. May be repeated.
  -P FILE                  Parameters from a YAML file.
  -t, --session WHEN       daily, hourly, schedule, "2026-03-10", "2026-03-10 12:00:00", or last:
                           the session of the run before (the default), else of the schedule,
                           else today.

Where and how:
  --project DIR            The project's folder (default: here).
  -o, --save DIR           The state folder (default: .digdag/status).
  --no-save                Neither read nor write any state.
  -O, --task-log DIR       Write a packed log for each run of a task below DIR.
  --max-task-threads N     Tasks that run at once (default: no limit on commands).
  -l, --log-level LEVEL    error, warn, info or debug.
  --json                   One JSON event for each line of standard output.
  --summary                Print a table of the tasks at the end: durations, rows, bytes.
  --report FILE.html       Write a page about the run: timeline, parameters, output, errors.

Ctrl-C ends the running commands (SIGTERM) and keeps what is finished; a second one kills them.

Examples:
  mogura run                              the only workflow of this folder
  mogura run daily.dig -t 2026-03-10      the session of that day
  mogura run daily.dig -a -p env=test     everything again, with a parameter
)";

namespace {

Error usage(const std::string& message) {
    return {Code::kInvalid, message};
}

Result<> set_level(RunOptions& options, const std::string& word) {
    auto level = log_level_of(word);
    if (!level.ok()) return usage(level.error().message());
    options.log_level = *level;
    return {};
}

Result<> set_threads(RunOptions& options, const std::string& word) {
    auto number = base::parse_integer(word);
    if (!number || *number < 0) return usage("--max-task-threads: not a number: " + word);
    options.threads_max = *number;
    return {};
}

// At most one workflow and one +TASK.
Result<> set_words(RunOptions& options, const std::vector<std::string>& words) {
    for (const std::string& word : words) {
        bool is_task = word.starts_with("+");
        std::string& target = is_task ? options.task : options.workflow;
        if (!target.empty()) return usage("Too many arguments: " + word);
        target = word;
    }
    return {};
}

Result<> check_together(const RunOptions& options, bool is_digdag) {
    auto both = [](bool one, bool other, const char* names) -> Result<> {
        if (one && other) return usage(std::string(names) + " don't work together.");
        return {};
    };
    TRY(both(!options.start.empty(), !options.goal.empty(), "-s, --start and -g, --goal"));
    // The original names another option there (9.3.1).
    TRY(both(!options.goal.empty(), !options.end.empty(),
             is_digdag ? "-s, --start and -e, --end" : "-g, --goal and -e, --end"));
    TRY(both(options.rerun, !options.start.empty(), "-a, --rerun and -s, --start"));
    TRY(both(options.rerun, !options.goal.empty(), "-a, --rerun and -g, --goal"));
    return {};
}

}  // namespace

Result<RunOptions> read_run_options(std::span<const std::string> arguments, bool is_digdag) {
    RunOptions options;
    config::Map from_files;
    config::Map from_options;
    std::vector<std::string> words;
    using Take = std::function<Result<>(const std::string&)>;
    auto into = [](std::string& target) -> Take {
        return [&target](const std::string& value) -> Result<> {
            target = value;
            return {};
        };
    };
    std::map<std::string, bool*> flags = {
        {"-a", &options.rerun},           {"--rerun", &options.rerun},
        {"--all", &options.rerun},        {"--no-save", &options.no_save},
        {"-d", &options.dry_run},         {"--dry-run", &options.dry_run},
        {"-E", &options.show_parameters}, {"--show-params", &options.show_parameters},
        {"--json", &options.json},        {"--summary", &options.summary},
        {"--help", &options.help},        {"-h", &options.help},
        {"-help", &options.help}};
    std::string ignored;
    std::map<std::string, Take> values = {
        {"--project", into(options.project)},
        {"-s", into(options.start)},
        {"--start", into(options.start)},
        {"-g", into(options.goal)},
        {"--goal", into(options.goal)},
        {"-e", into(options.end)},
        {"--end", into(options.end)},
        {"-o", into(options.save)},
        {"--save", into(options.save)},
        {"-O", into(options.task_log)},
        {"--task-log", into(options.task_log)},
        {"-t", into(options.session)},
        {"--session", into(options.session)},
        {"--session-time", into(options.session)},
        {"--timezone", into(ignored)},
        {"-p", [&](const std::string& value) { return add_parameters(from_options, value); }},
        {"--param", [&](const std::string& value) { return add_parameters(from_options, value); }},
        {"-P", [&](const std::string& value) { return add_parameter_file(from_files, value); }},
        {"--params-file",
         [&](const std::string& value) { return add_parameter_file(from_files, value); }},
        {"--report", into(options.report)},
        {"-l", [&](const std::string& value) { return set_level(options, value); }},
        {"--log-level", [&](const std::string& value) { return set_level(options, value); }},
        {"--max-task-threads",
         [&](const std::string& value) { return set_threads(options, value); }},
    };
    for (size_t index = 0; index < arguments.size(); ++index) {
        const std::string& word = arguments[index];
        if (word.empty() || word[0] != '-') {
            words.push_back(word);
        } else if (word == "-dE" || word == "-Ed") {
            options.dry_run = options.show_parameters = true;
        } else if (auto flag = flags.find(word); flag != flags.end()) {
            *flag->second = true;
        } else if (auto value = values.find(word); value != values.end()) {
            if (index + 1 == arguments.size()) return usage("Expected a value after " + word);
            TRY(value->second(arguments[++index]));
        } else {
            std::vector<std::string> known;
            for (const auto& [name, target] : flags) known.push_back(name);
            for (const auto& [name, take] : values) known.push_back(name);
            return usage("Unknown option: " + word + base::did_you_mean(word, known));
        }
    }
    TRY(set_words(options, words));
    TRY(check_together(options, is_digdag));
    options.parameters = from_files;
    config::merge(options.parameters, from_options);
    return options;
}

}  // namespace mogura::cli
