#!/usr/bin/env bash
# Loads of what cannot be loaded: damaged files, wrong character sets, rows that do not fit, tables
# that do not, a server that goes, a disk that is full. Each says where, why and what to do, keeps to
# the budget of bad rows and to its exit code, and leaves nothing half-written to be seen.
# First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"
shown=(said)
load=
mounted=
at_end() {
  [ -z "$load" ] || kill -9 "$load" 2>/dev/null || true
  [ -z "$mounted" ] || umount "$folder/small"
}

# run CODE WHAT: the load of load.yml; said holds its words.
run() {
  local code=0
  "$program" load run --log warn load.yml >said 2>&1 || code=$?
  expect "$2: exit code" "$code" "$1"
}
says() {
  local what=$1 word
  shift
  for word in "$@"; do
    grep -qF -- "$word" said || fail "$what: not said: $word"
  done
}

# Three places that take rows; each held something before.
places=(file table parquet)
published() {
  case $1 in
    file) cat out/published.csv ;;
    table) sqlite3 out/published.db 'SELECT * FROM t' ;;
    parquet) cat out/published.parquet ;;
  esac
}
out_of() {
  local file='type: file, path_prefix: out/published, sequence_format: ""'
  case $1 in
    file) echo "out: {$file, file_ext: .csv, formatter: {type: csv, header_line: false, newline: LF}}" ;;
    table) echo 'out: {type: sqlite, database: out/published.db, table: t, mode: replace}' ;;
    parquet) echo "out: {$file, file_ext: .parquet, formatter: {type: parquet}}" ;;
  esac
}
before() {
  rm -rf out
  mkdir out
  echo "as it was" >out/published.csv
  echo "as it was" >out/published.parquet
  sqlite3 out/published.db "CREATE TABLE t (name TEXT); INSERT INTO t VALUES ('as it was')"
  ls -A out >files
}
untouched() {
  local place
  for place in "${places[@]}"; do
    expect "$1: $place" "$(published "$place")" "as it was"
  done
  expect "$1: tables" "$(sqlite3 out/published.db .tables)" t
  expect "$1: files" "$(ls -A out | xargs)" "$(xargs <files)"
}

columns='columns: [{name: id, type: long}, {name: name, type: string}]'
csv() { echo "in: {type: file, path_prefix: in.csv, parser: {type: csv, $columns${1:+, $1}}}"; }

# refuses WHAT WORDS... -- INPUT LINES: into every place.
refuses() {
  local what=$1 place
  local -a words=()
  shift
  while [ "$1" != -- ]; do
    words+=("$1")
    shift
  done
  shift
  for place in "${places[@]}"; do
    before
    { printf '%s\n' "$@"; out_of "$place"; } >load.yml
    run 1 "$what, $place"
    says "$what, $place" "${words[@]}"
    untouched "$what, $place"
  done
}

# Damaged files.
seq -f "%.0f,name" 100000 | gzip -c >whole.gz
head -c 100000 whole.gz >in.csv
packed="in: {type: file, path_prefix: in.csv, decoders: [{type: gzip}], parser: {type: csv, $columns}}"
refuses "a cut gzip" in.csv "Unexpected end of ZLIB input stream" "the file is cut off" -- "$packed"
printf '1,a\n' >in.csv
refuses "no gzip" in.csv "Not in GZIP format" "leave the decoder out" -- "$packed"
refuses "an unknown character set" "load.yml:1:" "in.parser.charset" "unknown character set: UTF-9" "MS932" -- \
  "$(csv 'charset: UTF-9')"
printf '{"name":"\x96\xBC"}\n' >in.csv
refuses "JSON in another character set" in.csv "Failed to parse JSON" "UTF-8" -- \
  "in: {type: file, path_prefix: in.csv, parser: {type: json, $columns}}"

# A character set that is not the file's is no reason to stop, but it is told.
printf '1,a\n2,\x96\xBC\n' >in.csv
before
{ csv; out_of file; } >load.yml
run 0 "bytes that are no UTF-8"
says "bytes that are no UTF-8" "in.csv:2: bytes that are no UTF-8 became U+FFFD" "charset"

# Rows that do not fit, without a budget and with one.
too_few="A record does not have an expected column (i.e. too few columns)."
too_many="A record has an unexpected trailing column (i.e. too many columns)."
rows() { printf '1,a\n%s\n3,c\n' "$1" >in.csv; }
bad_row() {  # WHAT ROW WORDS...
  local what=$1 row=$2
  shift 2
  rows "$row"
  refuses "$what" in.csv:2 "$@" max_rejected_rows -- "$(csv)" 'max_rejected_rows: 0'
  refuses "$what, strict" "Invalid record at" in.csv:2: "$@" -- "$(csv 'stop_on_invalid_record: true')"
  before
  { csv; out_of file; printf '%s\n' 'max_rejected_rows: 1' 'quarantine: bad.jsonl'; } >load.yml
  run 0 "$what, within the budget"
  expect "$what: rows" "$(published file | xargs)" '1,a 3,c'
  expect "$what: rejected" "$(sed 's/.*"line":\([0-9]*\).*/\1/' bad.jsonl)" 2
  printf '%s\n' "$row" >>in.csv
  before
  run 1 "$what, beyond the budget"
  says "$what, beyond the budget" in.csv:4 "max_rejected_rows allows (1)" "$@"
  untouched "$what, beyond the budget"
}
bad_row "a column too few" 2 "$too_few"
bad_row "a column too many" 2,b,c "$too_many"
bad_row "no number" x,b 'For input string: "x"'
bad_row "a number out of range" 9223372036854775808,b 'For input string: "9223372036854775808"'

# A table that lacks a column, and one that takes no such number.
printf '1,a\n' >in.csv
refuses "a filter's column" "load.yml:2:" "Column 'nam' doesn't exist" "did you mean name?" -- \
  "$(csv)" 'filters: [{type: remove_columns, remove: [nam]}]'
table() { sqlite3 out/published.db "DROP TABLE t; CREATE TABLE t ($1)"; }
before
table 'other TEXT'
{ csv; out_of table | sed 's/replace/insert/'; } >load.yml
run 1 "a table without the columns"
says "a table without the columns" "No column to insert." other
before
table 'id SMALLINT NOT NULL, name TEXT'
printf '1,a\n40000,b\n' >in.csv
run 1 "a number that the table does not take"
says "a number that the table does not take" "t.id"
expect "a number that the table does not take" "$(published table)" ""

# A server that goes: while rows are read from it, and while they are sent to it.
start_postgresql
database="type: postgresql, host: $folder, user: postgres, database: postgres"
ended() {
  local code=0
  wait "$load" || code=$?
  load=
  expect "$1: exit code" "$code" 1
}
begin() {
  "$program" load run --log warn load.yml >said 2>&1 &
  load=$!
}
fetches() { [ "$(postgresql "select count(*) from pg_stat_activity where query like 'FETCH%' and state <> ''")" -gt 0 ]; }
for place in "${places[@]}"; do
  before
  { echo "in: {$database, query: \"select n as id, 'name' as name from generate_series(1, 20000000) n\", fetch_rows: 1000}"
    out_of "$place"; } >load.yml
  begin
  eventually "rows are read" fetches
  stop_postgresql
  ended "a server that goes, $place"
  says "a server that goes, $place" "PostgreSQL" "$folder" "has the server stopped"
  untouched "a server that goes, $place"
  start_postgresql
done
postgresql "create table t (id bigint, name text); insert into t values (7, 'as it was')" >/dev/null
mkfifo rows
{ csv | sed 's/in.csv/rows/'; echo "out: {$database, table: t, mode: insert, batch_size: 1000, retry_limit: 1, retry_wait: 10}"; } >load.yml
begin
exec 3>rows
seq -f '%.0f,name' 300000 >&3 &
arrive() {
  local table
  table=$(postgresql "select max(tablename) from pg_tables where tablename like 't\_%\_embulk000'")
  [ -n "$table" ] && [ "$(postgresql "select count(*) from \"$table\"")" -gt 0 ]
}
eventually "rows arrive" arrive
stop_postgresql
exec 3>&-
ended "a server that goes"
says "a server that goes" "PostgreSQL" "$folder"
start_postgresql
expect "the table after the server went" "$(postgresql 'select * from t')" '7|as it was'
stop_postgresql

# A query that is not there, and one of a database that is not there.
before
{ echo 'in: {type: query, file: nowhere.sql}'; out_of file; } >load.yml
run 1 "a query that is not there"
says "a query that is not there" load.yml:1: in.file nowhere.sql "cannot open"
{ echo "in: {type: query, engine: sqlite, database: typo.db, sql: 'SELECT * FROM t'}"; out_of file; } >load.yml
run 1 "a database that is not there"
says "a database that is not there" load.yml:1: 'in.database: there is no file typo.db' "no such table: t"
untouched "a query"

# A full disk.
mkdir small
if [ "$(id -u)" = 0 ]; then
  mount -t tmpfs -o size=128k tmpfs small || fail "a small disk cannot be mounted"
  mounted=yes
  echo "as it was" >small/published.csv
  "$program" query --format csv "SELECT range AS id, md5(range::VARCHAR) AS name FROM range(20000)" | sed 1d >in.csv
  full() {  # WHAT WORDS...; load.yml stands
    local what="a full disk, $1"
    run 1 "$what"
    says "$what" "${@:2}"
    expect "$what: files" "$(ls -A small)" published.csv
    expect "$what: the published file" "$(cat small/published.csv)" "as it was"
  }
  for packing in '' ', encoders: [{type: gzip}]' ', encoders: [{type: zstd}]' ', encoders: [{type: bzip2}]'; do
    { csv; out_of file | sed "s|out/published|small/published|; s|}}\$|}$packing}|"; } >load.yml
    full "packing${packing:-: none}" small/published.csv "No space left" "free some space"
  done
  { csv; out_of parquet | sed 's|out/published|small/published|'; } >load.yml
  full parquet small/published.parquet "No space left" "free some space"
  { csv; echo "out: {type: sqlite, database: small/x.db, table: t, mode: replace}"; } >load.yml
  run 1 "a full disk, a table"
  says "a full disk, a table" small/x.db "free some space"
  rm -f small/x.db*
  sed 's/^/x/' in.csv >bad.csv
  before
  { csv | sed 's/in.csv/bad.csv/'; out_of file; echo 'quarantine: small/bad.jsonl'; } >load.yml
  run 1 "a full disk, the quarantine"
  says "a full disk, the quarantine" small/bad.jsonl "No space left" "free some space"
  untouched "a full disk, the quarantine"
  # Rows that a filter spills.
  "$program" query --format csv "SELECT range AS id, repeat(md5(range::VARCHAR), 10) AS name FROM range(100000)" |
    sed 1d >in.csv
  for filter in '{type: dedupe, keys: [name], memory_limit: 16MB}' \
    '{type: sql, sql: "SELECT * FROM input ORDER BY name", memory_limit: 16MB}'; do
    before
    { csv; echo "filters: [$filter]"; out_of file; } >load.yml
    held=$(ls -A small | xargs)
    export TMPDIR=$folder/small
    run 1 "a full disk, $filter"
    unset TMPDIR
    says "a full disk, $filter" 'load.yml:2:' 'filters[0]' "$folder/small is full" 'free some space'
    untouched "a full disk, $filter"
    expect "a full disk, $filter: files" "$(ls -A small | xargs)" "$held"
  done
else
  echo "LEFT OUT: a full disk, which only root can mount"
fi
echo ok
