#include "cli/check/findings_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mogura::cli::check {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class TemplateFiles : public Findings {};

TEST_F(TemplateFiles, AreLookedAtAsTheirTasksReadThem) {
    Texts texts = {
        {"main.dig",
         "_export: {day: 1}\n+q:\n  pg>: sql/a.sql\n  own: 2\n+again:\n  query>: sql/a.sql\n"
         "+m:\n  mysql>: sql/b.sql\n+r:\n  redshift>: sql/b.sql\n+mail:\n  mail>: body.txt\n"
         "+t:\n  td>: sql/c.sql\n"},
        {"sql/a.sql", "SELECT ${day}, ${own},\n  ${sesion_time}, '${session_date + }'\n"},
        {"sql/b.sql", "-- \xC3\xA9\nSELECT '\xC3\xA9' = ${day ? 1}, ${nobody}\n"},
        {"body.txt", "Dear ${whom}, ${secrets:x} ${unclosed\n"},
        {"sql/c.sql", "SELECT ${a b}\n"}};
    EXPECT_THAT(
        found(texts),
        ElementsAre(
            HasSubstr("body.txt:1:6: warning: nothing defines the parameter whom"),
            "body.txt:1:15: warning: ${secrets:x} stays as it is (did you mean secret?), read by "
            "+main+mail",
            HasSubstr("body.txt:1:28: warning: '${' is never closed"),
            HasSubstr("main.dig:14:3: error: td> drives a service of Treasure Data"),
            HasSubstr("sql/a.sql:1:16: warning: nothing defines the parameter own (no _export, "
                      "loop or script; give it with -p), read by +main+again"),
            "sql/a.sql:2:3: error: nothing defines the parameter sesion_time (did you mean "
            "session_time?), read by +main+q",
            HasSubstr("sql/a.sql:2:20: error: ${session_date + } is not JavaScript"),
            HasSubstr("sql/b.sql:2:14: error: ${day ? 1} is not JavaScript: '?' has no ':'"),
            HasSubstr("sql/b.sql:2:26: warning: nothing defines the parameter nobody"),
            HasSubstr("sql/c.sql:1:8: error: ${a b} is not JavaScript")));
}

// digdag 4.0.5.
TEST_F(TemplateFiles, SeeWhatStandsUnderTheOperatorsWord) {
    Texts texts = {
        {"main.dig",
         "_export: {pg: {target: x}, td: {table: y}}\n+q:\n  pg>: a.sql\n+m:\n  mysql: {own: 1}\n"
         "  mysql>: b.sql\n+w:\n  td_wait>: c.sql\n"},
        {"a.sql", "SELECT ${target}, ${table}\n"},
        {"b.sql", "SELECT ${own}, ${target}\n"},
        {"c.sql", "SELECT ${table}\n"}};
    EXPECT_THAT(found(texts),
                ElementsAre(HasSubstr("a.sql:1:19: warning: nothing defines the parameter table"),
                            HasSubstr("b.sql:1:16: warning: nothing defines the parameter target"),
                            HasSubstr("td_wait> drives a service")));
}

TEST_F(TemplateFiles, OfLoadsMayHoldSecrets) {
    Texts texts = {{"main.dig", "+l:\n  load>: load.yml\n+e:\n  embulk>: e.yml\n  table: t\n"},
                   {"load.yml", "in: {type: mysql, password: '${secret:mysql.password}'}\n"},
                   {"e.yml", "out: {table: '${table}', user: '${env:USER}'}\n"}};
    EXPECT_THAT(found(texts),
                ElementsAre("e.yml:1:33: error: ${env:USER} fails the task: only ${secret:KEY} has "
                            "a colon there, read by +main+e"));
}

TEST_F(TemplateFiles, GoodOnesAndOnesThatAreNotKnown) {
    Texts texts = {{"main.dig",
                    "_export: {name: a}\n+q:\n  query>: a.sql\n+t:\n  query>: ${name}.sql\n"
                    "+d:\n  query>: {data: SELECT 1}\n+s:\n  sh>: ./x.sh\n"
                    "+l:\n  for_each>: {n: [1, 2]}\n  _do:\n    pg>: sub/b.sql\n"},
                   {"a.sql", "SELECT '${session_date}', $$x$$, '${moment(session_time).unix()}'\n"},
                   {"sub/b.sql", "SELECT ${n}\n"},
                   {"x.sh", "echo ${HOME:-x} ${a b}\n"}};
    EXPECT_THAT(found(texts), IsEmpty());
}

// digdag 4.15.1
TEST_F(TemplateFiles, BehindTheOptionQueryAreThoseOfOurOwnOperator) {
    Texts texts = {{"main.dig",
                    "+a:\n  query>:\n  query: dayly.sql\n+b:\n  query>:\n  query: bad.sql\n"
                    "+c:\n  query>:\n  query: SELECT 1\n+d:\n  pg>:\n  query: other.sql\n"},
                   {"daily.sql", "SELECT 1\n"},
                   {"bad.sql", "SELECT ${a b}\n"}};
    EXPECT_THAT(found(texts),
                ElementsAre(HasSubstr("bad.sql:1:8: error: ${a b} is not JavaScript"),
                            "main.dig:3:10: error: query>: there is no file dayly.sql (did you "
                            "mean daily.sql?)"));
}

TEST_F(TemplateFiles, MissingOnesHaveANeighbour) {
    Texts texts = {{"main.dig",
                    "+a:\n  query>: sql/dayly.sql\n+b:\n  query>: queries/count.sql\n+c:\n"
                    "  slack>: hello.yml\n+d:\n  py>: taks.main.run\n+e:\n  call>: sub/prat\n"},
                   {"sql/daily.sql", "SELECT 1\n"},
                   {"sql/count.sql", "SELECT 1\n"},
                   {"tasks/main.py", "def run(): pass\n"},
                   {"task.py", ""},
                   {"sub/part.dig", "+a: {echo>: x}\n"}};
    EXPECT_THAT(
        found(texts),
        ElementsAre(
            "main.dig:2:11: error: query>: there is no file sql/dayly.sql (did you mean "
            "sql/daily.sql?)",
            "main.dig:4:11: error: query>: there is no file queries/count.sql (did you mean "
            "sql/count.sql?)",
            "main.dig:6:11: error: slack>: there is no file hello.yml",
            "main.dig:8:8: warning: py>: there is no module taks in the project (taks.py); it must "
            "be an installed one (did you mean task.py?)",
            "main.dig:10:10: error: call>: there is no file sub/prat.dig (did you mean "
            "sub/part.dig?)"));
}

}  // namespace
}  // namespace mogura::cli::check
