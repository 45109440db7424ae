#!/usr/bin/env bash
# The command line beyond `run`: under the name digdag, secrets, check, init, scheduler, graph and
# the report of a run. First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"
demo=$project/script/demo
export HOME=$folder/home TZ=UTC
unset XDG_CONFIG_HOME DIGDAG_CONFIG_HOME DIGDAG_CONFIG || true
mkdir home
ln -s "$program" digdag

# Under the name digdag (9.1).
expect_exit 0 ./digdag
has 'Usage: digdag <command>'
expect_exit 0 ./digdag run x --version
[ "$(wc -l <log)" = 1 ] || fail "--version prints the version alone"
expect_exit 1 ./digdag chek
has 'error: available commands are: [init, run, check, scheduler, server, push,'
has 'did you mean check?'
expect_exit 1 ./digdag run x --session
has 'error: Expected a value after parameter --session'
expect_exit 1 ./digdag run x -l loud
has "error: Unknown log level 'loud'"
expect_exit 1 ./digdag run x -s +a -g +b
has '`digdag run --help` explains the options.'
expect_exit 1 ./digdag run x -g +a -e +b
has "error: -s, --start and -e, --end don't work together."
expect_exit 1 "$program" run x -g +a -e +b
has "error: -g, --goal and -e, --end don't work together."
expect_exit 1 "$program" run x -s +a -g +b
has '`mogura run --help` explains the options.'
expect_exit 1 ./digdag run x -c none.properties
has 'error: none.properties (no such file)'
expect_exit 0 ./digdag push
has 'Usage: digdag push <project-name>'
expect_exit 1 ./digdag push project
has 'needs a Digdag server'
expect_exit 0 ./digdag secrets --help
has '--local'

# Under its own name: all commands that people may use.
expect_exit 0 "$program" --help
for command in check load query reference run serve snapshot; do has "  $command "; done
expect_exit 0 "$program" reference --help
has 'Usage: mogura reference'
expect_exit 2 "$program" reference csv
has 'it takes no arguments: csv'

# query: one text, also one that begins with a comment.
echo 'SELECT 2 AS n' >two.sql
expect_exit 2 "$program" query 'SELECT 1 AS n' -f two.sql
has 'one SQL text or one file expected, found also: two.sql'
expect_exit 2 "$program" query -f two.sql 'SELECT 1 AS n'
has 'one SQL text or one file expected, found also: SELECT 1 AS n'
for sql in '-- a comment
SELECT 1 AS n' '--a comment = a comment
SELECT 1 AS n'; do
  expect_exit 0 "$program" query --format=csv "$sql"
  [ "$(tr -d '\r' <log | xargs)" = 'n 1' ] || fail "SQL with a comment: $sql"
done

# The demo's options.
for option in --events --seed --folder; do
  expect_exit 2 "$demo" "$option"
  has "script/demo: $option: its value is missing"
done

# init makes what runs.
for type in echo sh; do
  expect_exit 0 "$program" init "new_$type" -t "$type"
  has "Creating new_$type/new_$type.dig"
  (cd "new_$type" && "$program" check >../log 2>&1 && "$program" run >../log 2>&1) || fail "init $type"
done
expect_exit 0 "$program" init new_sh
has 'File new_sh/new_sh.dig already exists.'
for type in python ruby; do
  expect_exit 0 "$program" init "new_$type" -t "$type"
  (cd "new_$type" && "$program" check >../log 2>&1 && "$program" run >../log 2>&1) || fail "init $type"
  has '3 items for '
done
expect_exit 0 "$program" init new_td -t td
has 'it does not run yet. td> asks Treasure Data and is not a part of Mogura'
has 'or write query> in its place'
grep -q push log && fail "a command that is not there"
expect_exit 0 "$program" init new_postgresql -t postgresql
has 'it does not run yet. It needs a PostgreSQL: name yours under _export'
expect_exit 0 ./digdag init td_there -t td
has 'Done. Type `cd td_there` and then `digdag push td_there` to put it on a server. Enjoy!'

# Secrets (7.11, 9.6.17).
printf 'from input' | "$program" secrets --local --set in=- one=1 2>log || fail "secrets --set"
has "Secret 'in' set"
[ "$("$program" secrets --local | tr '\n' ' ')" = "in one " ] || fail "secrets are listed"
expect_exit 1 "$program" secrets --local --set a=1 a=2
has 'Duplicate secret key'
expect_exit 1 "$program" secrets --local --set asked </dev/null
has 'no terminal to ask on'
mkdir uses && cat >uses/uses.dig <<'DIG'
+a:
  _env: {ONE: "${secret:one}"}
  sh>: echo "$ONE ${secret:in} ${secret:given}" >out
DIG
(cd uses && "$program" run -X secrets.given=given >../log 2>&1) || fail "a run with secrets"
[ "$(cat uses/out)" = '1 from input given' ] || fail "$(cat uses/out)"
grep -rq 'from input' uses/.digdag && fail "a secret was kept beside the run"

# check finds everything at once.
mkdir bad && cat >bad/a.dig <<'DIG'
schedule:
  dayly>: 07:00:00
+a:
  ehco>: ${sesion_time}
DIG
printf '+a:\n  call>: nothere\n' >bad/b.dig
expect_exit 1 "$program" check --project bad
has 'a.dig:2:3: error: Unknown scheduler type: dayly (did you mean daily?)'
has 'a.dig:4:3: error: Unknown task type: ehco (did you mean echo?)'
has 'a.dig:4:10: error: nothing defines the parameter sesion_time (did you mean session_time?)'
has 'b.dig:2:10: error: call>: there is no file nothere.dig'
has '2 files: 4 errors, 0 warnings'
expect_exit 1 "$program" check --project bad --json
python3 -c 'import json; d=json.load(open("log")); assert d["errors"]==4 and d["findings"][0]["line"]==2' ||
  fail "the JSON of check"
expect_exit 1 "$program" check bad/a.dig
has "error: there is no workflow bad/a.dig in $folder (of another folder: --project bad)"
expect_exit 1 "$program" check "$folder/bad/a.dig" --project bad --brief
has '1 file: 3 errors'
expect_exit 1 "$program" check bb --project bad
has '(did you mean b?)'
expect_exit 0 "$program" schema dig
python3 -c 'import json; assert "task" in json.load(open("log"))["$defs"]' || fail "the schema"

# The level of -l goes for everything that is logged, and libraries are told of once.
mkdir java && cat >java/java.dig <<'DIG'
timezone: Asia/Tokyo
_export: {plugin: {dependencies: ['com.github.szyn:digdag-slack:0.1.4']}}
+a:
  _export: {plugin: {dependencies: ['com.github.szyn:digdag-slack:0.1.4']}}
  echo>: x
DIG
for level in error warn; do
  expect_exit 0 "$program" run --project java --no-save -l $level --logback-config x
  grep -q 'built in' log && fail "-l $level: slack> is built in"
done
expect_exit 0 "$program" run --project java --no-save
[ "$(grep -c 'slack> is built in' log)" = 1 ] || fail "slack> is built in: once"
expect_exit 0 "$program" run --project java --no-save --json -t 2026-01-02
has '"session_time":"2026-01-02T00:00:00+09:00"'

# graph
expect_exit 0 "$program" graph new_sh/new_sh.dig
has '+script  sh> sh scripts/greet.sh'
expect_exit 0 "$program" graph new_sh/new_sh.dig -o graph.svg
python3 -c 'import xml.dom.minidom as x; x.parse("graph.svg")' || fail "the drawing is no XML"
expect_exit 0 "$program" graph new_sh/new_sh
has '+script  sh> sh scripts/greet.sh'
(cd new_sh && "$program" graph >../log) || fail "graph of the only workflow"
has '+script  sh> sh scripts/greet.sh'
expect_exit 0 "$program" graph new_sh/new_sh.dig -o graph.txt
grep -q 'sh> sh scripts/greet.sh' graph.txt || fail "graph -o graph.txt"
expect_exit 1 "$program" graph new_sh/new_sh.dig -o graph.png
has 'error: -o graph.png: the name must end in .txt, .dot or .svg'
[ ! -e graph.png ] || fail "text in graph.png"
expect_exit 0 "$program" graph new_sh/new_sh.dig --format svg -o graph.picture
expect_exit 1 "$program" graph new_sh/new_shh
has 'error: new_sh/new_shh.dig: no such file (did you mean new_sh.dig?)'
expect_exit 1 "$program" graph --project bad
mkdir two && touch two/a.dig two/b.dig
(cd two && "$program" graph >../log 2>&1) && fail "which of two?"
has 'Which workflow? Name one of: a.dig, b.dig'

# A program without its modules says what is missing and what to do.
mkdir -p alone/bin && cp "$program" alone/bin/mogura
mkdir template && printf '+a:\n  echo>: ${1 + 1}\n' >template/template.dig
(cd template && ../alone/bin/mogura run --no-save >../log 2>&1) && fail "a template without JavaScript"
has "cannot open the JavaScript module: $folder/alone/lib/mogura/javascript.so"
has 'move bin and lib together'
expect_exit 1 alone/bin/mogura query 'SELECT 1'
has "$folder/alone/lib/mogura/duckdb.so: no such file"
has 'move bin and lib together'

# The report of a run, also of one that fails.
mkdir fails && printf '+a:\n  _retry: 1\n  sh>: echo going; exit 3\n' >fails/fails.dig
(cd fails && "$program" run --report ../report.html >../log 2>&1) && fail "the run must fail"
(cd fails && "$program" run --report ../none/report.html >../log 2>&1) && fail "nowhere to report to"
has 'error: --report: ../none/report.html: cannot create: No such file or directory (make the folder first: ../none)'
grep -q going log && fail "a task ran without a place for the report"
grep -q 'Command failed with code 3' report.html || fail "the report has no error"
grep -q 'going' report.html || fail "the report has no output"

# Requests go through the environment's proxy (4.12.8).
mkdir proxied && cat >proxied/proxied.dig <<'DIG'
+a:
  http>: http://nowhere.invalid/
  retry: false
DIG
expect_exit 1 env http_proxy=http://127.0.0.1:1 no_proxy= "$program" run --project proxied proxied.dig
has '127.0.0.1 port 1'

# scheduler: sessions by themselves, a changed folder, Ctrl-C.
mkdir timed && cat >timed/timed.dig <<'DIG'
schedule:
  seconds_interval>: 1
+a:
  sh>: echo "${session_unixtime} ${last_session_unixtime} ${next_session_unixtime}" >>out
DIG
cat >timed/late.dig <<'DIG'
schedule:
  seconds_interval>: 1
  skip_on_overtime: true
sla:
  duration: 00:00:01
  +late:
    sh>: touch late
+a:
  sh>: for i in $(seq 200); do [ ! -e late ] || break; sleep 0.1; done
DIG
"$program" scheduler --project timed >log 2>&1 &
scheduler=$!
for _ in $(seq 100); do [ "$(cat timed/out 2>/dev/null | wc -l)" -ge 2 ] && break; sleep 0.2; done
expect_second=$("$program" scheduler --project timed 2>&1) && fail "two schedulers of one folder"
echo "$expect_second" | grep -q 'another scheduler runs' || fail "$expect_second"
sed -i 's/>>out/>>changed/' timed/timed.dig
for _ in $(seq 100); do [ -s timed/changed ] && [ -e timed/late ] && break; sleep 0.2; done
kill -INT "$scheduler"
wait "$scheduler" || fail "the scheduler ends well"
awk '{ if ($2 != $1 - 1 || $3 != $1 + 1) exit 1 }' timed/out || fail "$(cat timed/out)"
[ "$(sort -u timed/out | wc -l)" = "$(wc -l <timed/out)" ] || fail "a session ran twice"
[ -s timed/changed ] || fail "the changed folder was not read"
[ -e timed/late ] || fail "the tasks of sla did not run"
echo ok
