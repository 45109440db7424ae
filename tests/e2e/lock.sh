#!/usr/bin/env bash
# lock> between two runs of one project: it lasts beyond expire_in while its run does, also when the
# run goes on after a kill, and is free when the run is gone. First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"
shown=(log.*)
export HOME=$folder

first() { "$program" run first.dig --session 2026-03-10 >log.first 2>&1; }
second() {
  rm -f seen
  "$program" run second.dig --session 2026-03-10 --rerun >log.second 2>&1 || fail "the second run"
  grep -q "$1" seen || fail "the second run came $(cat seen) the first, not $1"
}

cat >first.dig <<'DIG'
+l:
  lock>: k
  expire_in: 1s
  _do:
    +x:
      sh>: touch in; sleep 4; touch out
DIG
cat >second.dig <<'DIG'
+l:
  lock>: k
  _do:
    +x:
      sh>: if [ -e out ]; then echo behind; else echo beside; fi >seen
DIG

first &
eventually "the first run holds the lock" test -e in
sleep 1.2
second behind
wait $! || fail "the first run"
grep -q 'no longer held' log.first && fail "the lock was lost"

rm -rf in out .digdag
"$program" run first.dig --session 2026-03-10 >log.first 2>&1 &
eventually "the first run holds the lock" test -e in
kill -9 $!
wait $! || true
rm in
first &
eventually "the first run holds the lock" test -e in
sleep 1.2
second behind
wait $! || fail "the first run, going on"

rm -rf in out .digdag
"$program" run first.dig --session 2026-03-10 >log.first 2>&1 &
eventually "the first run holds the lock" test -e in
kill -9 $!
wait $! || true
second beside
echo ok
