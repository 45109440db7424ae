// `scheduler`: the schedules of a project's folder (spec digdag 9.7.6).

#include "base/log.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/local_scheduler.h"
#include "cli/parameter_options.h"
#include "cli/settings.h"
#include "cli/usual_command.h"

namespace mogura::cli {
namespace {

constexpr const char* kHelp =
    R"(Run the workflows of a project's folder when their `schedule:` says so.

Usage: mogura scheduler [OPTIONS]

The folder is read again every five seconds: what changes there is used for the next sessions.
Ctrl-C stops new sessions and waits for those that run; a second one ends their commands.

  --project DIR           the project's folder (default: here)
  -o, --database DIR      keep sessions in this folder: the next start goes on with what was
                          unfinished and catches up what was missed (default: in memory)
  -m, --memory            keep them in memory
  -p KEY=VALUE, -P FILE   parameters of all sessions
  --max-task-threads N    tasks that run at once
  -l, --log-level LEVEL   error, warn, info (the default) or debug
)";

const OptionSpecs& options() {
    static const OptionSpecs kOptions = {
        {{"--project"}, OptionKind::kValue, "DIR", ""},
        {{"-o", "--database"}, OptionKind::kValue, "DIR", ""},
        {{"-m", "--memory"}, OptionKind::kFlag, "", ""},
        {{"-p", "--param"}, OptionKind::kMany, "KEY=VALUE", ""},
        {{"-P", "--params-file"}, OptionKind::kMany, "FILE", ""},
        {{"--max-task-threads"}, OptionKind::kValue, "N", ""},
        {{"-l", "--log-level"}, OptionKind::kValue, "LEVEL", ""},
        {{"--help", "-help", "-h"}, OptionKind::kFlag, "", ""},
        // Of the server that Digdag's scheduler is; there is none here.
        {{"-n", "--port"}, OptionKind::kValue, "PORT", ""},
        {{"-b", "--bind"}, OptionKind::kValue, "HOST", ""},
        {{"--admin-port"}, OptionKind::kValue, "PORT", ""},
        {{"--admin-bind"}, OptionKind::kValue, "HOST", ""},
        {{"-O", "--task-log"}, OptionKind::kValue, "DIR", ""},
        {{"-A", "--access-log"}, OptionKind::kValue, "DIR", ""},
        {{"--disable-executor-loop"}, OptionKind::kFlag, "", ""},
        {{"--disable-scheduler"}, OptionKind::kFlag, "", ""},
        {{"--disable-local-agent"}, OptionKind::kFlag, "", ""},
        {{"--enable-swagger"}, OptionKind::kFlag, "", ""},
        {{"-H", "--header"}, OptionKind::kMany, "KEY=VALUE", ""}};
    return kOptions;
}

Result<SchedulerOptions> read_options(const House& house, const CommandLine& line) {
    SchedulerOptions result;
    if (!line.words().empty()) {
        return Error(Code::kInvalid, "Too many arguments: " + line.words()[0]);
    }
    if (line.has("-m") && line.has("-o")) {
        return Error(Code::kInvalid, "Setting both --database and --memory is invalid");
    }
    for (const char* useless :
         {"-n", "-b", "--admin-port", "--admin-bind", "-O", "-A", "--disable-executor-loop",
          "--disable-scheduler", "--disable-local-agent", "--enable-swagger", "-H"}) {
        if (line.has(useless)) {
            log::warn(std::string(useless) + " has no effect: this scheduler is not a server");
        }
    }
    result.project = line.value("--project", ".");
    result.database = line.value("-o");
    auto threads = base::parse_integer(line.value("--max-task-threads", "0"));
    if (!threads || *threads < 0) return Error(Code::kInvalid, "--max-task-threads: not a number");
    result.threads_max = *threads;
    result.parameters = TRY(parameters_of(house.properties));
    for (const std::string& file : line.values("-P")) {
        TRY(add_parameter_file(result.parameters, file));
    }
    config::Map own;
    for (const std::string& pair : line.values("-p")) TRY(add_parameters(own, pair));
    config::merge(result.parameters, own);
    return result;
}

Result<> run(House& house, std::span<const std::string> arguments) {
    auto line = TRY(begin_command(house, arguments, options(), kHelp));
    if (!line) return {};
    auto chosen = TRY(read_options(house, *line));
    return run_scheduler(house, chosen);
}

}  // namespace
}  // namespace mogura::cli

COMMAND(scheduler, "Run the schedules of a project's folder") {
    return mogura::cli::end_command(mogura::cli::run(house, arguments));
}
