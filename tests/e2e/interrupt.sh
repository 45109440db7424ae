#!/usr/bin/env bash
# Ctrl-C: commands get SIGTERM and may say their last words, a second one kills them, and the next
# run goes on. First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"

begin() {  # begin FILE.dig: runs it behind our back until its command says "begun"
  : >log
  "$program" run "$1" --session 2026-03-10 >>log 2>&1 &
  mogura=$!
  eventually "$1 begins" grep -q begun log
}

ends_with() {  # ends_with CODE
  local code=0
  wait "$mogura" || code=$?
  [ "$code" = "$1" ] || fail "exit code $code, not $1"
}

cat >polite.sh <<'SCRIPT'
trap 'sleep 0.3; echo "last words"; exit 1' TERM
echo begun
while :; do sleep 0.02; done
SCRIPT
# The shell of the first has no trap and dies at once, so its child is the one to wait for.
cat >child.dig <<'DIG'
+before:
  sh>: echo once >>before
+polite:
  sh>: |
    if [ -e finish ]; then exit 0; fi
    sh polite.sh
    echo not reached
DIG
cat >itself.dig <<'DIG'
+polite:
  sh>: exec sh polite.sh
DIG
cat >deaf.dig <<'DIG'
+deaf:
  sh>: |
    trap '' TERM
    echo begun
    while :; do sleep 0.02; done
DIG

# Under the name digdag too: what was cut short is no success.
ln -s "$program" digdag
begin_as=$program
program=$folder/digdag
begin itself.dig
kill -INT "$mogura"
ends_with 130
program=$begin_as
rm -rf .digdag

for workflow in child itself; do
  begin $workflow.dig
  kill -INT "$mogura"
  ends_with 130
  grep -q '^last words$' log || fail "$workflow: the last words are lost"
  grep -q 'not reached' log && fail "$workflow: the script went on"
  grep -q 'run the same command again' log || fail "$workflow: no word about going on"
done

begin deaf.dig
kill -INT "$mogura"
sleep 0.3
kill -0 "$mogura" || fail "the first Ctrl-C must let a command end by itself"
kill -INT "$mogura"
ends_with 130

touch finish
"$program" run child.dig --session 2026-03-10 >log 2>&1 || fail "the next run must succeed"
[ "$(wc -l <before)" = 1 ] || fail "a finished task ran again"
echo ok
