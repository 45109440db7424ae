#!/usr/bin/env bash
# The example of docs/guide/own_operators.md runs as it is. First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"
source=$project/examples/own_operators
cp -r "$source/." "$folder"

mkdir -p bin
if command -v go >/dev/null; then
  (cd operators/wait_file && GOFLAGS=-mod=mod GOCACHE="$folder/cache" go build -o ../../bin/wait_file .)
else
  # The same answers without a Go compiler: only the count is checked then.
  printf '#!/bin/sh\ntest -e data.txt && echo "{}" || echo "{\\"again_in\\": 0.2}"\n' >bin/wait_file
  chmod +x bin/wait_file
fi

"$program" run main.dig --session 2026-03-10 >log 2>&1 || fail "the run must succeed"
grep -q 'data.txt has 2 lines' log || fail "the stored parameter"
grep -q 'counted data.txt' log || fail "standard error is the task's log"

cat >java.dig <<'DIG'
_export:
  plugin:
    repositories: [https://example.com/maven]
    dependencies: [com.example:some-operator:1.0]
+a:
  echo>: never
DIG
"$program" run java.dig --session 2026-03-10 >log 2>&1 && fail "an unknown library"
grep -q 'com.example:some-operator:1.0' log || fail "the library's name"
grep -q 'docs/guide/own_operators.md' log || fail "the way out"
grep -q '^never' log && fail "nothing must run"
sed -i 's/com.example:some-operator:1.0/com.github.szyn:digdag-slack:0.1.4/' java.dig
"$program" run java.dig --session 2026-03-10 >log 2>&1 || fail "a well-known library"
grep -q '^never' log || fail "the task"
grep -q 'slack> is built in' log || fail "it says so"
echo ok
