#!/usr/bin/env bash
# `mogura init -t postgresql` makes a project that runs where a PostgreSQL is. First argument: the
# program.
set -euo pipefail
source "$(dirname "$0")/common.bash"
start_postgresql

export HOME=$folder TZ=UTC
"$program" init days -t postgresql >log
cd days
sed -i "s|    host: 127.0.0.1|    host: $folder|" days.dig
for _ in 1 2; do
  "$program" run days.dig -a -t 2026-03-10 >../log 2>&1 || fail "the run"
done
expect days "$(postgresql 'SELECT * FROM days')" $'2026-03-10|1\n2026-03-10|1'
expect today "$(postgresql 'SELECT * FROM today')" '2026-03-10|1'
echo ok
