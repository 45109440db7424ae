#!/usr/bin/env bash
# Loads with a resume state that are killed over and over, into files, SQLite, MariaDB and PostgreSQL
# in every mode: the same command goes on where the killed one was, and at the end every row is there
# once. First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"

sqlite() { sqlite3 rows.db "$1"; }

start_postgresql
start_mariadb

# Two files; every thousandth row is bad. Quoted line ends make pieces that begin in the wrong place.
mkdir in
rows=100000
python3 - "$rows" <<'PY'
import sys
rows = int(sys.argv[1])
for name, first in (("in/1.csv", 0), ("in/2.csv", rows)):
    with open(name, "w") as out:
        out.write("id,text\n")
        for row in range(first, first + rows):
            if row % 1000 == 500:
                out.write(f'bad,{row}\n')
            else:
                out.write(f'{row},"line {row}\nand ""{row % 97}"" another"\n')
PY
good=$((2 * rows - 2 * rows / 1000))
bad=$((2 * rows / 1000))

config() {  # out
  cat <<YML
in:
  type: file
  path_prefix: in/
  parser: {type: csv, skip_header_lines: 1, columns: [{name: id, type: long}, {name: text, type: string}]}
exec: {max_threads: ${threads:-2}}
quarantine: bad.jsonl
out: $1
YML
}

# Runs the load until it ends by itself; each run but the last is killed a little later than the one
# before. Sets `kills`: of those that left a state.
kills=0
run_with_kills() {
  local pause=$1 step=$2 load had_state
  kills=0
  rm -f state.yml bad.jsonl
  while :; do
    had_state=$([ -s state.yml ] && echo 1 || true)
    "$program" load run load.yml -r state.yml >log 2>&1 &
    load=$!
    # One that is killed before it has a state leaves its tables to the cleanup.
    while [ ! -s state.yml ] && kill -0 "$load" 2>/dev/null; do sleep 0.01; done
    sleep "$pause"
    if kill -9 "$load" 2>/dev/null; then
      wait "$load" 2>/dev/null && break
    else
      wait "$load" && break
      fail "the load failed"
    fi
    if [ -s state.yml ]; then
      kills=$((kills + 1))
    elif [ -n "$had_state" ]; then
      break  # it was killed behind its last step
    fi
    pause=$(python3 -c "print(round($pause + $step, 3))")
  done
  [ ! -e state.yml ] || fail 'a finished load leaves no state'
  expect 'rejected rows' "$(grep -o '"text":"bad,[0-9]*' bad.jsonl | sort -u | wc -l)" "$bad"
  expect 'entries of the quarantine' "$(wc -l <bad.jsonl)" "$bad"
}
all_kills=0
tell() {
  echo "$1: $kills kills"
  all_kills=$((all_kills + kills))
}

# Files: the bytes are those of a load that nobody killed.
for encoders in '' ', encoders: [{type: gzip}]'; do
  config "{type: file, path_prefix: out/rows., file_ext: csv, formatter: {type: csv}$encoders}" >load.yml
  mkdir -p out
  "$program" load run load.yml >log 2>&1 || fail 'a load that nobody kills'
  mkdir whole
  mv out/* whole/
  run_with_kills 0.05 0.03
  diff -r whole out >/dev/null || fail 'the files differ from those of a load that nobody killed'
  expect 'files' "$(ls -A out | wc -l)" 2
  rm -r whole out
  tell "files$encoders"
done

# Tables: every row once.
check_table() {  # word, what was there before
  local sums
  sums=$("$1" 'select count(*), count(distinct id), sum(id) from t' | tr '|\t' '  ')
  expect "rows of $1" "$sums" "$((good + $2)) $((good + $2)) $(($3 + $2 * -7))"
  expect "tables of $1" "$("$1" "$4" | tr '\n' ' ')" 't '
}
sum=$(python3 -c "print(sum(row for row in range(2 * $rows) if row % 1000 != 500))")
tables() {
  case $1 in
    sqlite) echo "select name from sqlite_master where type = 'table'" ;;
    postgresql) echo "select tablename from pg_tables where schemaname = 'public'" ;;
    mysql) echo 'show tables' ;;
  esac
}
out_of() {
  case $1 in
    sqlite) echo "type: sqlite, database: rows.db" ;;
    postgresql) echo "type: postgresql, host: $folder, user: postgres, database: postgres" ;;
    mysql) echo "type: mysql, host: localhost, user: root, password: '', database: loads, socket: $folder/mariadb.sock" ;;
  esac
}
for word in postgresql mysql sqlite; do
  for mode in insert insert_direct truncate_insert replace merge merge_direct; do
    keys=
    case $word-$mode in postgresql-merge* | sqlite-merge*) keys=', merge_keys: [id]' ;; esac
    before=1
    case $mode in truncate_insert | replace) before=0 ;; esac
    "$word" 'drop table if exists t'
    "$word" 'create table t (id bigint primary key, text text)'
    "$word" "insert into t values (-7, 'before')"
    config "{$(out_of "$word"), table: t, mode: $mode$keys, batch_size: 400000}" >load.yml
    run_with_kills 0.06 0.14
    check_table "$word" "$before" "$sum" "$(tables "$word")"
    tell "$word $mode"
  done
done
# MySQL: the connection is lost when the COMMIT of a replacement's after_load has arrived. The procedure
# does what that COMMIT does.
mysql 'drop table t; create table t (id bigint primary key); insert into t values (-7)'
mysql "delimiter //
create procedure commit_and_end() begin
  set @marks = (select concat('update ', table_name, ' set place = \'-1 1 0 0 0 0\' where task = -1')
    from information_schema.columns where table_schema = 'loads' and column_name = 'place');
  prepare mark from @marks; execute mark; deallocate prepare mark; commit; kill connection_id(); end//"
config "{$(out_of mysql), table: t, mode: replace, after_load: call commit_and_end()}" >load.yml
rm -f state.yml bad.jsonl
"$program" load run load.yml -r state.yml >log 2>&1 && fail 'a load whose connection was lost says that all is well'
"$program" load run load.yml -r state.yml >log 2>&1 || fail 'the load behind a lost connection'
check_table mysql 0 "$sum" "$(tables mysql)"
mysql 'drop procedure commit_and_end'
[ "$all_kills" -ge 30 ] || fail "only $all_kills loads were killed half-way"
echo ok
