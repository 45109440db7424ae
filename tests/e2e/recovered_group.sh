#!/usr/bin/env bash
# A run whose group failed first and recovered by _retry (digdag 9.3.12): under our name it is a
# success, under the original's it exits 1 and lists the old failure. First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"

cat >recovers.dig <<'DIG'
+group:
  _retry: 1
  +second_time:
    sh>: test -e been_here || { touch been_here; exit 7; }
+behind:
  sh>: touch behind
DIG

run_as() {  # run_as NAME: sets `code`
  rm -rf .digdag been_here behind
  code=0
  (exec -a "$1" "$program" run recovers.dig --session 2026-03-10) >log 2>&1 || code=$?
  [ -e behind ] || fail "$1: the task behind the group did not run"
}

run_as mogura
[ "$code" = 0 ] || fail "mogura: exit code $code"
grep -q '^Success\.' log || fail "mogura: no word of success"
grep -q '  \* +recovers' log && fail "mogura: lists a failure that was made good"

run_as digdag
[ "$code" = 1 ] || fail "digdag: exit code $code"
grep -A1 '  \* +recovers+group+second_time:' log | grep -q 'Command failed with code 7' ||
  fail "digdag: the old failure is not listed"
grep -q '^Success\.' log && fail "digdag: success and failure at once"
echo ok
