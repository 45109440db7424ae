#include "cli/digdag/commands.h"

#include "cli/commands.h"
#include "cli/settings.h"

#include <cstdio>

namespace mogura::cli::digdag {
namespace {

constexpr size_t kAny = 1000;

using enum OptionKind;

const OptionSpec kProject = {{"--project"}, kValue, "DIR", "Use this project folder (default: .)."};
const OptionSpec kDryRun = {{"-d", "--dry-run"}, kFlag, "", "Try it, change nothing."};

OptionSpecs operator+(OptionSpecs left, const OptionSpecs& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

OptionSpecs parameters() {
    return {{{"-p", "--param"}, kMany, "KEY=VALUE", "Set a parameter; may be repeated."},
            {{"-P", "--params-file"}, kMany, "FILE", "Read parameters from a YAML file."}};
}

OptionSpecs client() {
    return {{{"-e", "--endpoint"}, kValue, "HOST", "The server (default: 127.0.0.1:65432)."},
            {{"-H", "--header"}, kMany, "KEY=VALUE", "Send this HTTP header; may be repeated."},
            {{"--basic-auth"}, kValue, "USER:PASS", "Sign in."},
            {{"--disable-version-check"}, kFlag, "", "Do not compare versions with the server."},
            {{"--disable-cert-validation"}, kFlag, "", "Trust any certificate."}};
}

OptionSpecs paging() {
    return {{{"-i", "--last-id"}, kValue, "ID", "Show what is older than this."},
            {{"-s", "--page-size"}, kValue, "N", "Show so many."}};
}

OptionSpecs run_options() {
    return OptionSpecs{
               kProject,
               {{"-a", "--rerun", "--all"}, kFlag, "", "Run all tasks, whatever was finished."},
               {{"-s", "--start"}, kValue, "+NAME", "Run this task and all later ones again."},
               {{"-g", "--goal"}, kValue, "+NAME", "Run this task again, and nothing later."},
               {{"-e", "--end"}, kValue, "+NAME", "Stop before this task."},
               {{"-o", "--save"}, kValue, "DIR", "The state folder (default: .digdag/status)."},
               {{"--no-save"}, kFlag, "", "Neither read nor write any state."},
               {{"-t", "--session", "--session-time"},
                kValue,
                "WHEN",
                "daily, hourly, schedule, last, \"yyyy-MM-dd\" or \"yyyy-MM-dd HH:mm:ss\"."},
               {{"-d", "--dry-run"}, kFlag, "", "Evaluate everything, run nothing."},
               {{"-E", "--show-params"}, kFlag, "", "Print the parameters of each task."},
               {{"-dE"}, kFlag, "", "Both."},
               {{"--timezone"}, kValue, "ZONE", "Accepted, without effect."},
               {{"--max-task-threads"}, kValue, "N", "Tasks that run at once."},
               {{"-O", "--task-log"}, kValue, "DIR", "Write a log for each task."}} +
           parameters();
}

OptionSpecs server_options() {
    return OptionSpecs{{{"-n", "--port"}, kValue, "PORT", ""},
                       {{"-b", "--bind"}, kValue, "HOST", ""},
                       {{"--admin-port"}, kValue, "PORT", ""},
                       {{"--admin-bind"}, kValue, "HOST", ""},
                       {{"-m", "--memory"}, kFlag, "", "Keep everything in memory."},
                       {{"-o", "--database"}, kValue, "DIR", "Keep everything in this folder."},
                       {{"-O", "--task-log"}, kValue, "DIR", ""},
                       {{"-A", "--access-log"}, kValue, "DIR", ""},
                       {{"--max-task-threads"}, kValue, "N", "Tasks that run at once."},
                       {{"--disable-executor-loop"}, kFlag, "", ""},
                       {{"--disable-scheduler"}, kFlag, "", ""},
                       {{"--disable-local-agent"}, kFlag, "", ""},
                       {{"--enable-swagger"}, kFlag, "", ""},
                       {{"-H", "--header"}, kMany, "KEY=VALUE", "Answer with this HTTP header."}} +
           parameters();
}

int print_version(House&, std::span<const std::string>) {
    std::printf("Client version: %s\n", kRelease);
    std::printf("An error happened during getting Server version.\n");
    std::fprintf(stderr, "error: this program does not ask servers for their version yet.\n");
    return 1;
}

std::vector<Command> local_commands() {
    return {
        {"init",
         "new",
         "<dir>",
         "create a new workflow project",
         {{{"-t", "--type"}, kValue, "TYPE", "echo, sh, ruby, python, td or postgresql."}},
         1,
         1,
         true,
         command_init.run},
        {"run", "r", "<workflow.dig> [+task]", "run a workflow", run_options(), 1, 2, true,
         command_run.run},
        {"check", "c", "[workflow.dig]", "show workflow definitions",
         OptionSpecs{kProject} + parameters(), 0, 1, true, command_check.run},
        {"scheduler", "sched", "", "run a scheduler server",
         OptionSpecs{kProject} + server_options(), 0, 0, true, command_scheduler.run},
    };
}

std::vector<Command> transfer_commands() {
    const OptionSpec revision = {{"-r", "--revision"}, kValue, "NAME", "Name of the revision."};
    const OptionSpec output = {{"-o", "--output"}, kValue, "PATH", "Where to write it."};
    const OptionSpec links = {{"--copy-outgoing-symlinks"}, kFlag, "", "Copy what links point to."};
    return {
        {"server", "", "", "run a workflow server", server_options(), 0, 0},
        {"push", "", "<project-name>", "upload this project to a server",
         OptionSpecs{kProject,
                     revision,
                     links,
                     {{"--schedule-from"}, kValue, "TIME", "Begin its schedules at this time."}} +
             client(),
         1, 1},
        {"archive",
         "",
         "",
         "write this project to an archive",
         {kProject, output, links},
         0,
         0,
         true,
         command_archive.run},
        {"upload", "", "<archive> <project-name>", "upload an archive",
         OptionSpecs{revision} + client(), 2, 2},
        {"download", "", "<project-name>", "fetch a project",
         OptionSpecs{revision, output} + client(), 1, 1},
        {"project", "projects", "[name]", "show projects",
         OptionSpecs{{{"--last-id"}, kValue, "ID", ""},
                     {{"--count"}, kValue, "N", "Show so many."},
                     {{"--name"}, kValue, "PART", "Only those whose name has this in it."}} +
             client(),
         0, 1},
        {"workflow", "workflows", "[project-name] [name]", "show workflows",
         OptionSpecs{{{"--last-id"}, kValue, "ID", ""},
                     {{"--count"}, kValue, "N", "Show so many."},
                     {{"--name"}, kValue, "PART", "Only those whose name has this in it."},
                     {{"--order"}, kValue, "asc|desc", ""}} +
             client(),
         0, 2},
    };
}

std::vector<Command> session_commands() {
    return {
        {"start", "", "<project-name> <workflow-name>", "start a session",
         OptionSpecs{kDryRun,
                     {{"--session"}, kValue, "TIME", "hourly, daily, now or a time; required."},
                     {{"--revision"}, kValue, "NAME", "Use this revision."},
                     {{"--retry"}, kValue, "NAME", "Name of the attempt."}} +
             parameters() + client(),
         2, 2},
        {"retry", "", "<attempt-id>", "run a session again",
         OptionSpecs{{{"--latest-revision"}, kFlag, "", "With the newest revision."},
                     {{"--keep-revision"}, kFlag, "", "With the same revision."},
                     {{"--revision"}, kValue, "NAME", "With this revision."},
                     {{"--all"}, kFlag, "", "All tasks."},
                     {{"--resume"}, kFlag, "", "Only tasks that did not succeed."},
                     {{"--resume-from"}, kValue, "+NAME", "This task and all later ones."},
                     {{"--name"}, kValue, "NAME", "Name of the attempt."}} +
             parameters() + client(),
         1, 1},
        {"session", "sessions", "[project-name] [name]", "show sessions", paging() + client(), 0,
         2},
        {"attempts", "", "[session-id]", "show attempts", paging() + client(), 0, 1},
        {"attempt", "", "<attempt-id>", "show an attempt", client(), 1, 1},
        {"reschedule", "", "<schedule-id> | <project-name> <name>", "skip sessions of a schedule",
         OptionSpecs{kDryRun,
                     {{"-s", "--skip"}, kValue, "N", "Skip so many."},
                     {{"-t", "--skip-to"}, kValue, "TIME", "Skip to this time."},
                     {{"-a", "--run-at"}, kValue, "TIME", "Run the next one at this time."}} +
             client(),
         1, 2},
        {"backfill", "", "<schedule-id> | <project-name> <name>", "run sessions of the past",
         OptionSpecs{kDryRun,
                     {{"-f", "--from"}, kValue, "TIME", "Begin here; required."},
                     {{"--name"}, kValue, "NAME", "Name of the attempts."},
                     {{"--count"}, kValue, "N", "Run so many."}} +
             client(),
         1, 2},
        {"log", "logs", "<attempt-id> [+task]", "show the logs of an attempt",
         OptionSpecs{{{"-v", "--verbose"}, kFlag, "", "Show debug lines too."},
                     {{"-f", "--follow"}, kFlag, "", "Wait for more."}} +
             client(),
         1, 2},
        {"kill", "", "<attempt-id>", "end an attempt", client(), 1, 1},
        {"task", "tasks", "<attempt-id>", "show the tasks of an attempt", client(), 1, 1},
    };
}

std::vector<Command> other_commands() {
    const char* place = "[schedule-id] | [project-name] [name]";
    return {
        {"schedule", "schedules", "", "show schedules", client(), 0, 0},
        {"disable", "", place, "stop schedules", client(), 1, 2},
        {"enable", "", place, "let schedules run", client(), 1, 2},
        {"delete", "", "<project-name>", "delete a project",
         OptionSpecs{{{"--force"}, kFlag, "", "Do not ask."}} + client(), 1, 1},
        {"secrets", "secret", "", "show, set and delete secrets",
         OptionSpecs{{{"--project"}, kValue, "NAME", "Those of a project on the server."},
                     {{"--local"}, kFlag, "", "Those of this user's local runs."},
                     {{"--set"},
                      kList,
                      "KEY=VALUE...",
                      "Set: key=value, key=@file, key=-, key,"
                      " @file or @-."},
                     {{"--delete"}, kList, "KEY...", "Delete."}} +
             client(),
         0, kAny, true, command_secrets.run},
        {"version", "", "", "show versions", client(), 0, 0, true, print_version},
        {"migrate",
         "",
         "run | check",
         "migrate the database of a server",
         {{{"-o", "--database"}, kValue, "DIR", ""}},
         1,
         1},
        {"selfupdate",
         "",
         "[version]",
         "replace the program by another version",
         {{{"-e", "--endpoint"}, kValue, "URL", ""}},
         0,
         1},
    };
}

std::vector<Command> all_commands() {
    std::vector<Command> all = local_commands();
    for (auto more : {transfer_commands(), session_commands(), other_commands()}) {
        all.insert(all.end(), more.begin(), more.end());
    }
    return all;
}

}  // namespace

const std::vector<Command>& commands() {
    static const std::vector<Command> kAll = all_commands();
    return kAll;
}

const Command* find_command(const std::string& word) {
    for (const Command& command : commands()) {
        if (word == command.name || (!command.alias.empty() && word == command.alias)) {
            return &command;
        }
    }
    return nullptr;
}

const OptionSpecs& common_options() {
    static const OptionSpecs kCommon =
        setting_options() + OptionSpecs{{{"-l", "--log-level"},
                                         kValue,
                                         "LEVEL",
                                         "error, warn, info (the default), debug or trace."},
                                        {{"--help", "-help"}, kFlag, "", "Show this."}};
    return kCommon;
}

}  // namespace mogura::cli::digdag
