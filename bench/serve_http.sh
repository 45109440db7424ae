#!/usr/bin/env bash
# Lookups a second over HTTP, and the longest request while the table is replaced every second.
#   bench/serve_http.sh PROGRAM [ROWS] [SECONDS]
# Client and server share this machine's cores.
set -euo pipefail
program=$(realpath "${1:?the program is missing}")
rows=${2:-1000000}
seconds=${3:-10}
folder=$(mktemp -d)
server=
replacer=
finish() {
  for process in $replacer $server; do kill "$process" 2>/dev/null || true; done
  wait
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

# Two tables of the same shape: key and 7 longs, 64 bytes a row.
for version in 0 1; do
  sqlite3 t.db "DROP TABLE IF EXISTS t; CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b INTEGER,
    c INTEGER, d INTEGER, e INTEGER, f INTEGER, g INTEGER);
    WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < $rows)
    INSERT INTO t SELECT i, i + $version, i, i, i, i, i, i FROM n;"
  "$program" snapshot build "t$version" --engine sqlite --database t.db --table t --key id
done
ln t0 t.snapshot
"$program" serve --table t=snapshot:t.snapshot --listen 127.0.0.1:0 --refresh 500ms 2>log &
server=$!
until address=$(grep -o -m 1 'http://[0-9.:]*' log); do sleep 0.05; done
until curl -fsS "$address/healthz" >/dev/null 2>&1; do sleep 0.05; done

cat >keys.lua <<LUA
math.randomseed(7)
request = function() return wrk.format("GET", "/v1/tables/t/" .. math.random(1, $rows)) end
done = function(summary, latency)
  local errors = summary.errors
  print(string.format("%.0f lookups/s, p50 %.2f ms, p99 %.2f ms, longest %.2f ms, %d failed",
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3,
    errors.status + errors.read + errors.write + errors.connect + errors.timeout))
end
LUA
run() { wrk -t1 -c16 -d"$seconds" -s keys.lua "$address" | tail -n 1; }
figure() { curl -sS "$address/metrics" | sed -n "s/^$1{table=\"t\"} //p"; }

echo "$rows rows, 16 connections, $seconds s each"
echo "quiet:      $(run)"
before=$(figure mogura_table_refreshes_total)
(
  version=0
  while sleep 1; do
    version=$((1 - version))
    ln -f "t$version" next
    touch next
    mv next t.snapshot
  done
) &
replacer=$!
echo "refreshing: $(run), $(($(figure mogura_table_refreshes_total) - before)) new generations, $(figure mogura_table_refresh_seconds) s each"
