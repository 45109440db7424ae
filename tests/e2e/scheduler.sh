#!/usr/bin/env bash
# The scheduler with real time: what sessions know of those before, workflows that others require,
# restarts, and what stays in the store. First argument: the program.
# digdag 2.2.14, 2.10.5, 2.11.3, 5.3.3, 5.3.6, 5.4.2
set -euo pipefail
source "$(dirname "$0")/common.bash"
shown=(log trace)
pid=
at_end() { [ -z "$pid" ] || kill -9 "$pid" 2>/dev/null || true; }
export HOME=$folder TZ=UTC

start() {
  : >log
  "$program" scheduler --project "$@" >log 2>&1 &
  pid=$!
}
stop() {
  kill -INT "$pid"
  wait "$pid" || fail "the scheduler's exit code"
  pid=
}
lines() { [ -f trace ] && [ "$(grep -c "$1" trace)" -ge "$2" ]; }

# Each session knows the one that ran before it, also behind a restart; finished tasks leave the store.
mkdir each
cat >each/each.dig <<'DIG'
timezone: Asia/Tokyo
schedule:
  seconds_interval>: 2
+a:
  sh>: echo "${session_time} ${last_executed_session_time} [${last_executed_session_unixtime}]" >> ../trace
DIG
start each -o each_db
eventually "three sessions" lines 'T' 3
stop
first=$(wc -l <trace)
start each -o each_db
eventually "sessions of the second scheduler" lines 'T' $((first + 2))
stop
/usr/bin/python3 - <<'PYTHON' || fail "what the sessions know"
import datetime
before = ""
for line in sorted(open("trace")):  # what is caught up runs side by side
    session, rest = line.split(" ", 1)
    unix = int(datetime.datetime.fromisoformat(before).timestamp()) if before else ""
    assert session.endswith("+09:00"), line
    assert rest == f"{before} [{unix}]\n", (line, before, unix)
    before = session
PYTHON
/usr/bin/python3 - <<'PYTHON' || fail "finished tasks are still in the store"
import sqlite3
store = sqlite3.connect("each_db/mogura.db")
assert store.execute("SELECT COUNT(*) FROM attempts WHERE is_done = 1").fetchone()[0] >= 5
assert store.execute("SELECT COUNT(*) FROM tasks").fetchone()[0] == 0
PYTHON

# A session that another workflow has asked for is not one of the schedule.
rm trace
mkdir asked
cat >asked/a.dig <<'DIG'
schedule:
  seconds_interval>: 2
+a:
  require>: b
DIG
at=$(date -d '+12 seconds' +%H:%M:%S)
cat >asked/b.dig <<DIG
schedule:
  daily>: $at
+b:
  sh>: echo "\${session_local_time}" >> ../trace
DIG
start asked -o asked_db
eventually "what a requires" lines ':' 2
stop
start asked -o asked_db
eventually "b's own session at $at" lines ' 00:00:00' 1
stop

# One that works for another workflow is a reason to skip.
rm trace
mkdir busy
cat >busy/a.dig <<DIG
schedule:
  daily>: $(date -d '+5 seconds' +%H:%M:%S)
+a:
  require>: b
  session_time: 2020-01-01T00:00:00+00:00
DIG
cat >busy/b.dig <<'DIG'
schedule:
  seconds_interval>: 1
  skip_on_overtime: true
+b:
  sh>: |
    [ ${session_date} != 2020-01-01 ] || { echo begin >> ../trace; sleep 4; echo end >> ../trace; }
    [ ${session_date} = 2020-01-01 ] || echo tick >> ../trace
DIG
start busy
eventually "the end of what a requires" lines end 1
stop
# The one that began just before may still write.
[ "$(sed -n '/begin/,/end/p' trace | grep -c tick)" -le 1 ] || fail "b ran beside itself"
grep -q 'session skipped.*workflow=b.*skip_on_overtime' log || fail "nothing was skipped"

# What could not start is told with its session.
mkdir full
cat >full/full.dig <<'DIG'
schedule:
  seconds_interval>: 1
+a:
  sh>: sleep 4
DIG
start full -X executor.attempt_max_run=1
eventually "a session that waits" grep -q 'session not started' log
stop
grep -q 'trying again in ten minutes: Too many attempts running.*workflow=full session_time=20' log ||
  fail "which session waits"
echo ok
