#!/usr/bin/env bash
# Templates that loop, allocate or match for ever fail their task, and nothing else. First argument:
# the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"

cat >runaway.dig <<'DIG'
+all:
  _parallel: true
  +loops:
    echo>: "${(function(){for(;;);})()}"
  +allocates:
    echo>: "${(function(){var a=[];for(;;)a.push(new Uint8Array(1e7).fill(1));})()}"
  +matches:
    echo>: "${Array(100).fill().map(() => /^(a+)+$/.test('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'))}"
  +works:
    echo>: "moment says ${moment('2026-03-10').add(1, 'days').format('YYYY/MM/DD')}"
DIG

"$program" run runaway.dig --session 2026-03-10 >log 2>&1 && fail "the run must fail"
grep -q 'moment says 2026/03/11' log || fail "the good template must work"
grep -A1 '+runaway+all+loops:' log | grep -q 'takes longer than' || fail "the loop"
grep -A1 '+runaway+all+allocates:' log | grep -q 'memory' || fail "the allocation"
grep -A1 '+runaway+all+matches:' log | grep -qE 'takes longer than|regular expression' || fail "the match"
echo ok
