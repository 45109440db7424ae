#!/usr/bin/env bash
# require> in local runs: another workflow as an attempt of its own, also after a kill. First
# argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"
shown=(log trace)

cat >main.dig <<'DIG'
+a:
  require>: child
  params: {v: given}
+b:
  sh>: echo b >> trace
DIG
cat >child.dig <<'DIG'
timezone: Asia/Tokyo
+one:
  sh>: echo "one ${v} ${session_time}" >> trace
+two:
  sh>: while [ ! -f go ]; do sleep 0.1; done; echo two >> trace
DIG
cat >fails.dig <<'DIG'
+a:
  require>: broken
  _error:
    echo>: ${error.message}
+b:
  echo>: never
DIG
cat >broken.dig <<'DIG'
+x:
  fail>: no luck
DIG

run() {
  "$program" run "$@" --session 2026-03-10 >log 2>&1
}

# Killed while the child runs: the same command goes on with both.
start() {  # start WHAT_TO_WAIT_FOR [ARGUMENT...]
  local awaited=$1
  shift
  [[ $# != 0 ]] || set -- main.dig --session 2026-03-10
  : >log
  "$program" run "$@" >log 2>&1 &
  pid=$!
  for ((tries = 0; tries < 600; ++tries)); do
    # A command is in the store a moment after the log names it; a kill before that leaves it behind.
    grep -qa "$awaited" log && sleep 1 && return
    sleep 0.1
  done
  fail "not in the log: $awaited"
}

start 'task=+child+two'  # what is before it is in the store
kill -9 "$pid"
wait "$pid" || true
# The command that outlived the first program has been killed when it begins anew.
start 'Going on with the unfinished run'
sleep 1
touch go
wait "$pid" || fail "the second life"
printf 'one given 2026-03-10T09:00:00+09:00\ntwo\nb\n' | cmp -s - trace || fail "each task once"
ls .digdag/status/*/ | grep -q child && fail "state files of the child"

# Killed in the same place; then the child is run by itself, which replaces what the first has started,
# and whoever requires it takes that for its own.
rm -rf go trace .digdag
start 'task=+child+two'
kill -9 "$pid"
wait "$pid" || true
start 'task=+child+two' child.dig -p v=alone --session '2026-03-10 09:00:00'
touch go
wait "$pid" || fail "the child alone"
grep -q 'cannot go on: it was started by require> of another run. Starting a new one' log || fail "why it begins anew"
run main.dig || fail "the child has succeeded"
grep -q 'Going on with the unfinished run' log || fail "the one that requires it goes on"
printf 'one given 2026-03-10T09:00:00+09:00\none alone 2026-03-10T09:00:00+09:00\ntwo\nb\n' | cmp -s - trace ||
  fail "the child ran by itself only"

# While another process runs the child, whoever requires it waits for that one.
rm -rf go trace .digdag
start 'task=+child+two' child.dig -p v=alone --session '2026-03-10 09:00:00'
alone=$pid
start 'require>: child'
sleep 1
touch go
wait "$alone" || fail "the child alone, required by another"
wait "$pid" || fail "the one that waited for it"
[ "$(grep -c two trace)" = 1 ] || fail "the child ran twice"
# ... and goes on with it when that process dies.
rm -rf go trace .digdag
start 'task=+child+two' child.dig -p v=alone --session '2026-03-10 09:00:00'
alone=$pid
start 'require>: child'
kill -9 "$alone"
wait "$alone" || true
for ((tries = 0; tries < 200; ++tries)); do
  grep -qa 'going on with an attempt that was left unfinished' log && break
  sleep 0.1
done
sleep 1  # what outlived the first process is killed just before the task begins anew
touch go
wait "$pid" || fail "the one that took over"
printf 'one alone 2026-03-10T09:00:00+09:00\ntwo\nb\n' | cmp -s - trace || fail "taken over: each task once"

# A run of its own wants an attempt of its own, whatever earlier runs have left.
run main.dig --rerun || fail "--rerun"
[[ $(grep -c two trace) == 2 ]] || fail "the child must run again"

run fails.dig && fail "the child failed"
grep -q 'Dependent workflow failed. Session id: ' log || fail "the message"
grep -q '^never' log && fail "what is behind it must not run"

# Who waits for itself fails at once and says so, also on a second run and under the other name.
ln -s "$program" digdag
printf '+a:\n  require>: self\n' >self.dig
printf '+a:\n  require>: round2\n' >round1.dig
printf '+a:\n  +b:\n    require>: round1\n' >round2.dig
for name in "$program" ./digdag; do
  for _ in 1 2; do
    timeout 60 "$name" run self.dig --session 2026-03-10 -a >log 2>&1 && fail "itself"
    grep -qF 'Dependent workflow waits for this one: self -> self (take one' log || fail "itself: the message"
    timeout 60 "$name" run round1.dig --session 2026-03-10 -a >log 2>&1 && fail "a circle"
    grep -qF 'Dependent workflow waits for this one: round2 -> round1 -> round2' log || fail "a circle: the message"
    grep -qF 'Dependent workflow failed' log || fail "a circle: whoever waits for it"
  done
done
echo ok
