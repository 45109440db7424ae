#!/usr/bin/env bash
# A load into a real PostgreSQL that is killed half-way: the table is as it was, and `mogura load
# cleanup` drops what stayed behind. First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"
load=
at_end() { [ -z "$load" ] || kill -9 "$load" 2>/dev/null || true; }

start_postgresql

cat >load.yml <<YAML
in:
  type: file
  path_prefix: $folder/rows.csv
  parser: {type: csv, columns: [{name: id, type: long}]}
out: {type: postgresql, host: $folder, user: postgres, database: postgres, table: t, mode: insert}
YAML
postgresql "create table t (id bigint); insert into t values (7); create table t_embulk (a int)" >/dev/null
seq 2000000 >rows.csv
"$program" load run load.yml >log 2>&1 &
load=$!
begun() { [ "$(postgresql "select count(*) from pg_tables where tablename like 't\_%\_embulk000'")" = 1 ]; }
eventually "the load begins" begun
kill -9 "$load"
wait "$load" 2>/dev/null || true
load=
expect "rows after the kill" "$(postgresql 'select sum(id) from t')" 7
begun || fail "nothing stayed behind"
"$program" load cleanup load.yml | grep -q '^dropped t_.*_embulk000$' || fail "cleanup dropped nothing"
expect "tables" "$(postgresql "select string_agg(tablename, ' ' order by 1) from pg_tables where schemaname = 'public'")" \
  "t t_embulk"
expect "a second cleanup" "$("$program" load cleanup load.yml)" "nothing to clean up"
"$program" load run load.yml >log 2>&1 || fail "the load after the cleanup"
expect "rows" "$(postgresql 'select count(*) from t')" 2000001
echo ok
