#!/usr/bin/env bash
# A load into a real PostgreSQL that is killed half-way: the table is as it was, and `mogura load
# cleanup` drops what stayed behind. First argument: the program.
set -euo pipefail
program=$(realpath "${1:?the program is missing}")
folder=$(mktemp -d)
PATH=$PATH:/usr/lib/postgresql/15/bin
as=()
if [ "$(id -u)" = 0 ]; then  # the server refuses to run as root
  as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
  chown postgres "$folder"
fi
server=
load=
finish() {
  [ -z "$load" ] || kill -9 "$load" 2>/dev/null || true
  [ -z "$server" ] || kill -QUIT "$server" 2>/dev/null || true
  [ -z "$server" ] || wait "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

fail() {
  echo "FAILED: $*"
  exit 1
}
sql() { psql -h "$folder" -U postgres -Atc "$1" 2>>psql.log; }
eventually() {
  local what=$1
  shift
  for _ in $(seq 600); do
    "$@" && return 0
    sleep 0.05
  done
  fail "never happened: $what"
}
expect() { [ "$2" = "$3" ] || fail "$1: expected $3, got $2"; }

"${as[@]}" initdb -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync -D "$folder/data" >initdb.log
"${as[@]}" postgres -D "$folder/data" -k "$folder" -h '' -c fsync=off >server.log 2>&1 &
server=$!
answers() { [ "$(sql 'select 1')" = 1 ]; }
eventually "the server answers" answers

cat >load.yml <<YAML
in:
  type: file
  path_prefix: $folder/rows.csv
  parser: {type: csv, columns: [{name: id, type: long}]}
out: {type: postgresql, host: $folder, user: postgres, database: postgres, table: t, mode: insert}
YAML
sql "create table t (id bigint); insert into t values (7); create table t_embulk (a int)" >/dev/null
seq 2000000 >rows.csv
"$program" load run load.yml >load.log 2>&1 &
load=$!
begun() { [ "$(sql "select count(*) from pg_tables where tablename like 't\_%\_embulk000'")" = 1 ]; }
eventually "the load begins" begun
kill -9 "$load"
wait "$load" 2>/dev/null || true
load=
expect "rows after the kill" "$(sql 'select sum(id) from t')" 7
begun || fail "nothing stayed behind"
"$program" load cleanup load.yml | grep -q '^dropped t_.*_embulk000$' || fail "cleanup dropped nothing"
expect "tables" "$(sql "select string_agg(tablename, ' ' order by 1) from pg_tables where schemaname = 'public'")" \
  "t t_embulk"
expect "a second cleanup" "$("$program" load cleanup load.yml)" "nothing to clean up"
"$program" load run load.yml >load.log 2>&1 || fail "the load after the cleanup: $(cat load.log)"
expect "rows" "$(sql 'select count(*) from t')" 2000001
echo ok
