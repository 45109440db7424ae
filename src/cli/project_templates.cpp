#include "cli/project_templates.h"

namespace mogura::cli {
namespace {

const ProjectTemplate& echo() {
    static const ProjectTemplate kEcho = {.type = "echo",
                                          .workflow = R"(timezone: UTC

+begin:
  echo>: The session is ${session_time}

+each_fruit:
  for_each>:
    fruit: [apple, cherry]
  _do:
    echo>: ${fruit} of ${session_date}

+end:
  echo>: Tomorrow is ${moment(session_time).add(1, 'days').format('YYYY-MM-DD')}
)",
                                          .files = {}};
    return kEcho;
}

const ProjectTemplate& sh() {
    static const ProjectTemplate kSh = {
        .type = "sh",
        .workflow = R"(timezone: UTC

+begin:
  echo>: The session is ${session_time}

+at_once:
  _parallel: true

  +count:
    sh>: seq 1 5

  +script:
    sh>: sh scripts/greet.sh ${session_date}

+end:
  sh>: echo finished at $(date)
)",
        .files = {{"scripts/greet.sh",
                   "#!/bin/sh\n# Called by the task +script with the session's date.\n"
                   "echo \"Good morning, $1\"\n"}}};
    return kSh;
}

const ProjectTemplate& python() {
    static const ProjectTemplate kPython = {
        .type = "python",
        .workflow = R"(timezone: UTC

+prepare:
  py>: scripts.tasks.Tasks.prepare

+show:
  echo>: ${count} items for ${session_date}

+work:
  py>: scripts.tasks.work
  factor: 2
)",
        .files = {{"scripts/__init__.py", ""}, {"scripts/tasks.py", R"(import digdag


class Tasks(object):
    def prepare(self, session_date):
        print("preparing " + session_date)
        # Later tasks see this as ${count}.
        digdag.env.store({"count": 3})


def work(count, factor=1):
    print("result: %d" % (count * factor))
)"}}};
    return kPython;
}

const ProjectTemplate& ruby() {
    static const ProjectTemplate kRuby = {.type = "ruby",
                                          .workflow = R"(timezone: UTC

_export:
  rb:
    require: scripts/tasks

+prepare:
  rb>: Tasks.prepare

+show:
  echo>: ${count} items for ${session_date}

+work:
  rb>: Tasks.work
  factor: 2
)",
                                          .files = {{"scripts/tasks.rb", R"(class Tasks
  def prepare(session_date:)
    puts "preparing #{session_date}"
    # Later tasks see this as ${count}.
    Digdag.env.store(count: 3)
  end

  def work(count:, factor: 1)
    puts "result: #{count * factor}"
  end
end
)"}}};
    return kRuby;
}

const ProjectTemplate& td() {
    static const ProjectTemplate kTd = {
        .type = "td",
        .workflow = R"(timezone: UTC

schedule:
  daily>: 07:00:00

_export:
  td:
    database: sample_datasets

+count:
  td>: queries/count.sql
  store_last_results: true

+show:
  echo>: ${td.last_results.cnt} rows
)",
        .files = {{"queries/count.sql", "SELECT count(1) AS cnt FROM www_access\n"}},
        .note =
            "td> asks Treasure Data and is not a part of Mogura: `mogura run` stops at it. Keep "
            "this project for the original Digdag, or write query> in its place (SQL over "
            "files), or sh> with Treasure Data's own program."};
    return kTd;
}

const ProjectTemplate& postgresql() {
    static const ProjectTemplate kPostgresql = {
        .type = "postgresql",
        .workflow = R"(timezone: UTC

schedule:
  daily>: 07:00:00

_export:
  pg:
    host: 127.0.0.1
    user: postgres
    database: postgres

+prepare:
  pg>: queries/prepare.sql

+fill:
  pg>: queries/days.sql
  insert_into: days

+replace:
  pg>: queries/days.sql
  create_table: today
)",
        .files = {{"queries/prepare.sql",
                   "CREATE TABLE IF NOT EXISTS days (day date, visits bigint)\n"},
                  {"queries/days.sql", "SELECT date '${session_date}' AS day, 1 AS visits\n"}},
        .note =
            "It needs a PostgreSQL: name yours under _export, pg, and give its password with "
            "`mogura secrets --local --set pg.password`."};
    return kPostgresql;
}

}  // namespace

const ProjectTemplate* find_project_template(const std::string& type) {
    for (auto make : {echo, sh, ruby, python, td, postgresql}) {
        if (make().type == type) return &make();
    }
    return nullptr;
}

std::vector<std::string> project_template_names() {
    std::vector<std::string> names;
    for (auto make : {echo, sh, ruby, python, td, postgresql}) names.push_back(make().type);
    return names;
}

}  // namespace mogura::cli
