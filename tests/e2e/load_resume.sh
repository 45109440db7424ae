#!/usr/bin/env bash
# A load that is stopped or killed half-way, into files and into a database: what was there stays as it
# was, and the same command goes on, so that every row comes once. First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"
load=
at_end() { [ -z "$load" ] || kill -9 "$load" 2>/dev/null || true; }

mkdir in
printf '1\n' >in/1.csv
printf '3\n' >in/3.csv
cat >files.yml <<'YML'
in: {type: file, path_prefix: in/, parser: {type: csv, columns: [{name: id, type: long}]}}
exec: {max_threads: 1}
out: {type: file, path_prefix: done/rows_, file_ext: csv, formatter: {type: csv, header_line: false, newline: LF}}
YML
sed 's/^out:.*/out: {type: sqlite, database: rows.db, table: t, mode: insert}/' files.yml >database.yml
cat >read.yml <<'YML'
in: {type: sqlite, database: rows.db, table: t, order_by: id}
out: {type: stdout}
YML
stored() { "$program" load run read.yml 2>log | tr '\n' ' ' || fail 'the table cannot be read'; }

# The second file has a writer that says nothing: the load waits there, with the first file read.
begin() {
  rm -f in/2.csv
  mkfifo in/2.csv
  exec 3<>in/2.csv
  "$program" load run "$1" -r state.yml >log 2>&1 3<&- &
  load=$!
  eventually "the second file is opened" second_is_open
}
second_is_open() {
  [ "$(readlink "/proc/$load/exe")" = "$program" ] &&
    [ "$(find -L "/proc/$load/fd" -maxdepth 1 -samefile in/2.csv 2>/dev/null | wc -l)" -gt 0 ]
}
kill_it() {
  kill -9 "$load"
  wait "$load" 2>/dev/null || true
  load=
  complete_input
}
# A stop is seen when the read that it waits in returns.
stop_it() {
  kill -TERM "$load"
  sleep 0.3
  printf '2\n' >&3
  exec 3>&-
  ! wait "$load" || fail 'a stopped load says that all is well'
  load=
  complete_input
}
complete_input() {
  exec 3>&-
  rm in/2.csv
  printf '2\n' >in/2.csv
}
again() { "$program" load run "$1" -r state.yml >log 2>&1 || fail "the same command, once more"; }

visible() { find done -name '*.csv' | wc -l; }
mkdir done
begin files.yml
kill_it
expect 'files after the kill' "$(visible)" 0
[ -s state.yml ] || fail 'a killed load leaves its state'
again files.yml
expect 'rows after the kill' "$(cat done/*)" $'1\n2\n3'
expect 'what is left' "$(ls -A done | wc -l)" 3
[ ! -e state.yml ] || fail 'a finished load leaves no state'

rm done/*
begin files.yml
"$program" load run files.yml -r state.yml >second 2>&1 && fail 'two loads go on from one state'
grep -q 'state.yml: another load runs with this resume state' second || fail 'the second load says why it ends'
stop_it
[ -s state.yml ] || fail 'a stopped load leaves its state'
expect 'files after the stop' "$(visible)" 0
again files.yml
grep -q 'Skipped resumed task 0' log || fail 'the first file is not read again'
expect 'rows of both runs' "$(cat done/*)" $'1\n2\n3'
expect 'what is left' "$(ls -A done | wc -l)" 3

# A run without the state removes what the killed one left: then the tasks begin anew.
rm done/*
begin files.yml
stop_it
"$program" load run files.yml >log 2>&1 || fail 'a load without the state'
rm done/*
again files.yml
expect 'rows' "$(cat done/*)" $'1\n2\n3'

mv in hidden && mkdir in && printf '7\n' >in/0.csv
again database.yml
rm -r in && mv hidden in
begin database.yml
kill_it
expect 'the table after the kill' "$(stored)" '7 '
begin database.yml
stop_it
[ -s state.yml ] || fail 'a stopped load leaves its state'
expect 'the table after the stop' "$(stored)" '7 '
again database.yml
expect 'the table at the end' "$(stored)" '1 2 3 7 '

# The diff is written before the state goes: a load that cannot do so does it the next time.
mkdir diffs
rm -f in/2.csv && mkfifo in/2.csv && exec 3<>in/2.csv
"$program" load run files.yml -r state.yml -c diffs/diff.yml >log 2>&1 3<&- &
load=$!
eventually "the second file is opened" second_is_open
rm -r diffs
printf '2\n' >&3
exec 3>&-
! wait "$load" || fail 'a load without its diff says that all is well'
load=
complete_input
[ -s state.yml ] || fail 'a load without its diff leaves its state'
mkdir diffs
"$program" load run files.yml -r state.yml -c diffs/diff.yml >log 2>&1 || fail 'the diff, once more'
grep -q 'published all of its rows' log || fail 'the rows are not loaded again'
grep -q 'last_path: in/3.csv' diffs/diff.yml || fail 'the diff'
[ ! -e state.yml ] || fail 'a concluded load leaves no state'

# cleanup throws the state away, and the tables with it; not that of a load that runs.
begin database.yml
! "$program" load cleanup database.yml -r state.yml >cleaned 2>&1 || fail 'cleanup of a load that runs'
stop_it
printf 'half' >"state.yml.new.999999999"
"$program" load cleanup database.yml -r state.yml >cleaned
expect 'what cleanup dropped' "$(grep -c '^dropped ' cleaned)" 3
expect 'what the cleanup leaves of the state' "$(find . -name 'state.yml*' | wc -l)" 0
expect 'the table after the cleanup' "$(stored)" '1 2 3 7 '

rm -f done/*
begin files.yml
kill_it
"$program" load cleanup files.yml -r state.yml >cleaned
expect 'files behind the cleanup' "$(ls -A done | wc -l)" 0

# A load that fails before it begins has nothing to go on from.
sed 's/mode: insert}/mode: insert_direct, before_load: nonsense}/' database.yml >fails.yml
"$program" load run fails.yml -r state.yml >log 2>&1 && fail 'nonsense is no SQL'
grep -q 'nonsense' log || fail 'the message names the SQL'
[ ! -e state.yml ] || fail 'a load that has not begun leaves no state'
expect 'tables' "$(sqlite3 rows.db .tables | xargs)" t

# Whatever keeps no rows says so.
sed 's/^out:.*/out: {type: stdout}/' files.yml >stdout.yml
"$program" load run stdout.yml -r state.yml >rows 2>log
grep -q 'no resume state is kept: its output keeps nothing of a failed run' log || fail 'stdout keeps no state'
[ ! -e state.yml ] || fail 'stdout keeps no state'
echo ok
