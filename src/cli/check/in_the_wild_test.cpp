// What people write most raises no finding. Each text stands for a construct that is common in
// published workflows; all of them run.

#include "cli/check/findings_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::cli::check {
namespace {

using testing::IsEmpty;

class InTheWild : public Findings {
  protected:
    // What the texts below lean on.
    static Texts project(const std::string& text) {
        return {{"main.dig", text},
                {"config/params.yml", "database: db\ntables: [a, b]\nsettings: {dev: {url: x}}\n"},
                {"config/more.dig", "other: 1\n"},
                {"tasks/__init__.py", ""},
                {"tasks/report.py",
                 "import digdag\nclass Report:\n  def run(self, target, database):\n"
                 "    digdag.env.store({'count_of_rows': 1})\n"},
                {"tasks/main.rb", "class Main\n  def run(arg1)\n  end\nend\n"},
                {"scripts/load.sh", "echo\n"},
                {"queries/daily.sql",
                 "SELECT * FROM t WHERE d = '${session_date}' AND u > ${moment(session_time)"
                 ".add(-7, 'd').unix()} AND x IN (${Object.keys(targets).join(', ')})\n"},
                {"mail/body.txt", "session ${session_time} of ${task_name}: ${error.message}\n"},
                {"slack/message.yml", "text: '${error.message} ${session_id}'\n"},
                {"load/load.yml",
                 "in: {type: file, path_prefix: '${target}'}\n"
                 "out: {type: stdout}\n"},
                {"sub/inner.dig", "+a:\n  echo>: ${target} ${i}\n"},
                {"other.dig", "+a:\n  echo>: x\n"}};
    }
};

TEST_F(InTheWild, Language) {
    for (const char* text : {
             "timezone: Asia/Tokyo\n\n_export:\n\n+a:\n  echo>: x\n",
             "_export:\n  !include : 'config/params.yml'\n  !include : config/more.dig\n\n+a:\n"
             "  echo>: ${database} ${other} ${tables[0]} ${settings['dev'].url}\n",
             "\xEF\xBB\xBF+a:\r\n  echo>: x\r\n",
             "_export:\n  a: 1\n  b: ${a}\n+g:\n  _export:\n    c: ${b}_x\n  +h:\n    +i:\n"
             "      echo>: ${a} ${b} ${c}\n",
             "+task-with.name_1:\n  echo>: x\n",
             "+a: &base\n  echo>: x\n+b:\n  <<: *base\n",
             "+a:\n  _parallel: true\n  +b: {echo>: b}\n  +c: {echo>: c, _after: [+b]}\n",
             "+g:\n  _parallel: {limit: 4}\n  +b: {echo>: b}\n",
             "+g:\n  _retry: 3\n  +b: {echo>: b}\n",
             "+a:\n  sh>: x\n  _retry: {limit: 3, interval: 10, interval_type: exponential}\n",
             "+a:\n  sh>: x\n  _retry: ${retries}\n  retries: 3\n",
             "+a:\n  echo>: x\n+b:\n  _background: true\n  echo>: x\n",
             "+a:\n  sh>: x\n  depends_on: [+b]\n  hoge: 1\n",
             "_error:\n  slack>: slack/message.yml\n_export:\n  slack: {webhook_url: "
             "'${secret:slack.url}'}\n+a:\n  echo>: x\n  _check:\n    slack>: slack/message.yml\n",
             "_error:\n  mail>: {data: 'failed ${error.message}'}\n  subject: x\n  to: [a@b.c]\n"
             "+a:\n  fail>: x\n",
             "schedule:\n  daily>: 07:00:00\n  skip_on_overtime: true\n  skip_delayed_by: 1h\n"
             "sla:\n  time: 02:00\n  +notice:\n    mail>: {data: late}\n    subject: s\n"
             "    to: [a@b.c]\n+a:\n  echo>: ${last_session_date} ${next_session_time}\n",
             "schedule:\n  cron>: '*/5 9-18 * * 1-5'\nsla:\n  duration: 02:00:00\n  fail: true\n"
             "  +kill_attempt:\n    http>: http://localhost/${attempt_id}\n    method: POST\n"
             "+a:\n  echo>: x\n",
             "schedule:\n  minutes_interval>: 30\n+a:\n  echo>: x\n",
             "schedule:\n  weekly>: Sun,09:00:00\n+a:\n  echo>: x\n",
             "schedule:\n  monthly>: 1,09:00:00\n+a:\n  echo>: x\n",
             "schedule:\n  hourly>: 30:00\n+a:\n  echo>: x\n",
         }) {
        EXPECT_THAT(found(project(text)), IsEmpty()) << text;
    }
}

TEST_F(InTheWild, Operators) {
    for (const char* text : {
             "+a:\n  sh>: echo \"$HOME\" ${session_date} && ./scripts/load.sh | tee x.log\n",
             "+a:\n  sh>: bash scripts/load.sh ${target}\n  target: x\n",
             "+a:\n  sh>: embulk run x.yml.liquid\n  _env:\n    PW: ${secret:db.password}\n"
             "    DAY: ${session_date}\n",
             "+a:\n  sh>: |\n    set -e\n    for f in $(ls); do echo $f; done\n"
             "    awk '{print $1}' x > y\n",
             "+a:\n  sh>: curl -s https://x/${secret:token}\n  timeout: 10\n",
             "+a:\n  py>: tasks.report.Report.run\n  target: x\n  database: y\n  table_name: z\n"
             "  session_unixtime: ${session_unixtime}\n  _env: {KEY: '${secret:key}'}\n"
             "+b:\n  echo>: ${count_of_rows}\n",
             "+a:\n  py>:\n  script: print(1)\n",
             "+a:\n  rb>: Main.run\n  require: tasks/main\n  arg1: x\n",
             "_export:\n  rb: {require: tasks/main}\n+a:\n  rb>: Main.run\n  arg1: 1\n",
             "+a:\n  if>: ${moment(session_time).format('d') == 1 && session_id > 0}\n"
             "  _do: {echo>: x}\n  _else_do:\n    +b: {echo>: y}\n",
             "+a:\n  for_each>:\n    target: [a, b]\n    i: ${[1, 2]}\n  _parallel: {limit: 2}\n"
             "  _do:\n    call>: sub/inner\n",
             "_export: {targets: {a: 1}}\n+a:\n  for_each>: {key: '${Object.keys(targets)}'}\n"
             "  _parallel: true\n  _do: {echo>: '${targets[key]} ${key}'}\n",
             "+a:\n  loop>: ${n}\n  n: 3\n  _do:\n    +b: {echo>: '${i}'}\n",
             "+a:\n  loop>: 7\n  _parallel: ${true}\n  _do:\n    _export: {day: "
             "\"${moment(session_time).subtract(i, 'days').format('YYYYMMDD')}\"}\n"
             "    +b: {echo>: '${day}'}\n",
             "+a:\n  for_range>: {from: 0, to: 10, step: 3}\n  _do: {echo>: '${range.from}'}\n",
             "+a:\n  call>: sub/inner.dig\n  _export: {target: x, i: 1}\n",
             "+a:\n  require>: other\n  session_time: ${session_time}\n  params: {given: 1}\n"
             "  ignore_failure: true\n+b:\n  require>: elsewhere\n  project_name: ${x}\n  x: 1\n",
             "+a:\n  http>: https://x/${target}\n  target: 1\n  method: POST\n"
             "  content: {a: ['${session_id}']}\n  content_format: json\n"
             "  headers: [{Authorization: 'Token ${secret:token}'}]\n  store_content: true\n"
             "  retry: true\n+b:\n  echo>: ${JSON.parse(http.last_content).a[0].b}\n",
             "+a:\n  http_call>: https://x/\n  method: POST\n  content_type: application/json\n",
             "+a:\n  mail>: mail/body.txt\n  subject: s ${session_date}\n  to: [a@b.c]\n"
             "  cc: [d@e.f]\n  html: false\n",
             "_export:\n  mail: {host: localhost, port: 25, from: a@b.c, tls: false}\n+a:\n"
             "  mail>: {data: hello}\n  subject: s\n  to: a@b.c\n",
             "_export:\n  pg: {host: h, user: u, database: d, strict_transaction: false}\n"
             "  targets: {a: 1}\n+a:\n  pg>: queries/daily.sql\n  create_table: t\n"
             "+b:\n  pg>: queries/daily.sql\n  store_last_results: first\n"
             "+c:\n  echo>: ${pg.last_results.count}\n",
             "_export: {targets: {a: 1}}\n+a:\n  mysql>: queries/daily.sql\n  host: h\n  user: u\n"
             "  database: d\n  download_file: x.csv\n+b:\n  echo>: ${mysql.last_results}\n",
             "_export: {plugin: {repositories: [https://jitpack.io], dependencies: "
             "['com.github.szyn:digdag-slack:0.1.4']}}\n+a:\n  slack>: slack/message.yml\n"
             "  webhook_url: https://x/\n",
             "+a:\n  pg_lock>: name\n  wait_timeout: 10m\n  limit: 2\n  namespace: site\n"
             "  unlock_finished_attempt_locks: true\n  _do: {echo>: x}\n",
             "+a:\n  embulk>: load/load.yml\n  target: x\n",
             "+a:\n  wait>: 1h 30m\n",
         }) {
        EXPECT_THAT(found(project(text)), IsEmpty()) << text;
    }
}

TEST_F(InTheWild, Expressions) {
    for (const char* expression : {
             "moment(session_time).format(\"YYYY-MM-DD HH:mm:ss\")",
             "moment(session_time).add(-1, 'd').startOf('month').format('YYYY-MM-DD')",
             "moment(session_time).utc().subtract(3, 'hours').toISOString()",
             "moment.unix(session_unixtime).valueOf()",
             "moment().hour >= 12",
             "p.list.length > 0 ? p.list[0].name : 'none'",
             "p.x || p.y && !p.z",
             "p[p.key].z",
             "typeof never == 'undefined' ? 'x' : never",
             "typeof never !== 'undefined' && never",
             "Object.keys(p).join(\"','\")",
             "Object.prototype.toString.call(p) === '[object Array]'",
             "JSON.parse(http.last_content).data[0].id",
             "Array(8).join('x')",
             "Array.apply(null, {length: 3}).map(function(v, k){ return k + 1; }).join(',')",
             "encodeURIComponent(session_local_time).toString().replace(/:/g, '-')",
             "session_date_compact + '_' + session_uuid",
             "(session_unixtime - 86400) % 7",
             "td.last_results.count * 1.5",
             "parseInt(p.x, 10) + Math.floor(p.y / 2)",
             "session_tz_offset",
             "last_executed_session_time",
             "task_name.replace('+', '')",
             "this.p['a-b']",
         }) {
        std::string text =
            "_export: {p: {x: 1}}\n+a:\n  echo>: >-\n    ${" + std::string(expression) + "}\n";
        EXPECT_THAT(found(text), IsEmpty()) << text;
    }
}

}  // namespace
}  // namespace mogura::cli::check
