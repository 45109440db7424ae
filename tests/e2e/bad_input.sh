#!/usr/bin/env bash
# What people get wrong, and what breaks around them: each time a failure that says where, why and
# what to do, and what was published stays as it was. First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"
shown=(said)
mounted=
at_end() { [ -z "$mounted" ] || umount "$folder/small"; }

# refuses WHAT WORDS... -- COMMAND...: a failing exit code, all words in what it says, and the
# published files untouched.
refuses() {
  local what=$1 code=0 word
  local -a words=()
  shift
  while [ "$1" != -- ]; do
    words+=("$1")
    shift
  done
  shift
  "$@" >said 2>&1 || code=$?
  [ "$code" -ge 1 ] && [ "$code" -le 2 ] || fail "$what: exit code $code"
  for word in "${words[@]}"; do
    grep -qF -- "$word" said || fail "$what: not said: $word"
  done
  ls published* >files
  diff before files >/dev/null || fail "$what: files came or went: $(xargs <files)"
  [ "$(cat published.csv)" = "as it was" ] || fail "$what: the published file has changed"
  [ "$(sqlite3 published.db 'SELECT * FROM t')" = "1|as it was" ] || fail "$what: the table has changed"
}

load() { "$program" load run --log warn "$@"; }
query() { "$program" query "$@"; }
run() { "$program" run "$@" --session 2026-03-10 --no-save -l warn; }

echo "as it was" >published.csv
sqlite3 published.db "CREATE TABLE t (id INTEGER, name TEXT); INSERT INTO t VALUES (1, 'as it was')"
ls published* >before

columns='columns: [{name: id, type: long}, {name: name, type: string}]'
to_file="out: {type: file, path_prefix: published, file_ext: .csv, sequence_format: '', formatter: {type: csv}}"
to_table='out: {type: sqlite, database: published.db, table: t, mode: replace}'
csv() { echo "in: {type: file, path_prefix: $1, parser: {type: csv, skip_header_lines: 1, $columns}}"; }
printf 'id,name\n7,a\n8,b\n' >good.csv
printf 'id,name\n7,a\nx,b\n' >wrong_type.csv
printf 'id,name\n7\n8,b\n' >short_row.csv

# Files that cannot be read.
cp good.csv plain.gz
echo "in: {type: file, path_prefix: plain.gz, decoders: [{type: gzip}], parser: {type: csv, $columns}}
$to_file" >no_gzip.yml
refuses "no gzip" plain.gz "Not in GZIP format" "leave the decoder out" -- load no_gzip.yml
gzip -c good.csv | head -c 20 >cut.gz
sed 's/plain.gz/cut.gz/' no_gzip.yml >cut.yml
refuses "a cut gzip" cut.gz "the file is cut off" -- load cut.yml
mkdir folder.yml
refuses "a folder for a configuration" folder.yml "it is a folder" -- load folder.yml
refuses "no configuration" missing.yml "No such file" -- load missing.yml
cp good.csv locked.csv
chmod 000 locked.csv
{ csv locked.csv; echo "$to_file"; } >locked.yml
as_anyone=()
if [ "$(id -u)" = 0 ]; then  # root reads what it likes, unless it gives that up
  as_anyone=(setpriv --bounding-set=-dac_override,-dac_read_search)
fi
refuses "no right to read" locked.csv "Permission denied" -- "${as_anyone[@]}" "$program" load run --log warn locked.yml
{ csv no_such_folder/x; echo "$to_file"; } >no_folder.yml
refuses "no folder" "no_folder.yml:1:18: in.path_prefix" "Directory not found" -- load no_folder.yml

# Rows and columns.
for out in "$to_file" "$to_table"; do
  { csv wrong_type.csv; echo "$out"; echo 'max_rejected_rows: 0'; } >wrong_type.yml
  refuses "a wrong type" "wrong_type.csv:3" 'For input string: "x"' max_rejected_rows -- load wrong_type.yml
  { csv short_row.csv; echo "$out"; echo 'max_rejected_rows: 0'; } >short_row.yml
  refuses "a missing field" "short_row.csv:2" "max_rejected_rows" -- load short_row.yml
  { csv good.csv; echo 'filters: [{type: remove_columns, remove: [nam]}]'; echo "$out"; } >missing.yml
  refuses "a missing column" "missing.yml:2:" "Column 'nam' doesn't exist" "did you mean name?" -- load missing.yml
done
{ csv good.csv | sed 's/long/lon/'; echo "$to_file"; } >no_type.yml
refuses "no such type" "no_type.yml:1:" "lon" "did you mean long?" -- load no_type.yml
{ csv good.csv; echo "$to_file" | sed 's/type: csv/type: csvv/'; } >no_plugin.yml
refuses "no such plugin" "no_plugin.yml:2:" "unknown formatter: csvv" "did you mean csv?" -- load no_plugin.yml

# Syntax.
printf '%s\n' "in: {type: file" "$to_file" >syntax.yml
refuses "YAML" "syntax.yml:2:" "did not find expected" -- load syntax.yml
printf 'SELECT id\n  FRM t\n' >syntax.sql
refuses "SQL" "syntax.sql:2:" "syntax error" -- query -f syntax.sql --out published.csv
refuses "a column that SQL lacks" "sql:1:8" '"nam" not found' 'Candidate bindings: "name"' -- \
  query --out published.csv "SELECT nam FROM 'good.csv'"
refuses "a table that SQL lacks" "no such table: tt" -- \
  query -e sqlite -d published.db --out published.csv "SELECT * FROM tt"
mkdir project
cp syntax.sql project
task() { printf '%s\n' "$@" >project/w.dig; }
task '+a:' '  sh>: echo no >>../published.csv' ' +b:' '  echo>: b'
refuses "the indentation of a .dig" "w.dig:3:2" "did not find expected key" -- run w.dig --project project
task '+a:' '  sh>: echo no >>../published.csv' '  echo>: b'
refuses "two operators" "w.dig:3:3" "more than one operator" -- run w.dig --project project
task '+a:' '  ecko>: a'
refuses "no such operator" "+w+a" "Unknown task type: ecko" "did you mean echo?" -- run w.dig --project project
task '+a:' '  query>: syntax.sql' "  $to_file"
refuses "the SQL of a task" "+w+a" "syntax.sql:2:" "syntax error" -- run w.dig --project project
task '+a:' '  echo>: "${1 +}"'
refuses "a template" "+w+a" '${1 +}' "SyntaxError" -- run w.dig --project project

# A configuration inside a workflow: the place is that of the file where it was written, be it
# included or called, and no place at all is made up for one that a killed run left in its store.
inline() {
  printf '%s\n' "$1+l:" "$1  load>:" "$1    in: {type: file, path_prefix: good.csv, parser: {type: csvv}}" "$1    $to_file"
}
inline '' >project/w.dig
refuses "a configuration in a workflow" "w.dig:3:54: in.parser.type: unknown parser: csvv" -- run w.dig --project project
inline '' >project/part.dig
task '+a:' '  call>: part.dig'
refuses "a configuration in a called workflow" "part.dig:3:54: in.parser.type" -- run w.dig --project project
task '# the second line is first' '!include : part.dig'
refuses "a configuration in an included file" "part.dig:3:54: in.parser.type" -- run w.dig --project project
task '+k:' '  sh>: if mkdir killed 2>/dev/null; then kill -9 $PPID; fi'
inline '' >>project/w.dig
{ "$program" run w.dig --project project --session 2026-03-10 >said 2>&1 && fail "the kill left it alive"; } || true
refuses "a configuration in a run that goes on" "+w+l:" "in.parser.type: unknown parser: csvv" -- \
  "$program" run w.dig --project project --session 2026-03-10
grep -q 'Going on with the unfinished run' said || fail "the run did not go on"
if grep -E '[0-9]+:[0-9]+: in\.' said; then fail "a place that nobody knows"; fi

# MySQL that is not there.
closed=1
mysql="host: 127.0.0.1, port: $closed, user: u, password: p, database: d"
{ csv good.csv; echo "out: {type: mysql, $mysql, table: t, mode: replace, retry_limit: 1, retry_wait: 10}"; } >mysql.yml
refuses "no MySQL to load into" "127.0.0.1:$closed" "cannot reach MySQL" "is it running" -- load mysql.yml
refuses "no MySQL to ask" "127.0.0.1:$closed" "cannot reach MySQL" "is it running" -- \
  query -e mysql -o host=127.0.0.1 -o port=$closed -o user=u -o password=p -d d --out published.csv "SELECT 1"

# A full disk.
[ -c /dev/full ] || fail "there is no /dev/full"
full() { "$@" >/dev/full; }
refuses "standard output on a full disk" "standard output" "cannot write" "disk full" -- \
  full query --format csv "SELECT 1"
mkdir small
if [ "$(id -u)" = 0 ]; then
  mount -t tmpfs -o size=128k tmpfs small || fail "a small disk cannot be mounted"
  mounted=yes
  query --format csv "SELECT range AS id, md5(range::VARCHAR) AS name FROM range(20000)" >large.csv
  echo "as it was" >small/published.csv
  for format in csv jsonl parquet; do
    { csv large.csv; echo "$to_file" | sed "s/published/small\/published/; s/{type: csv}/{type: $format}/"; } >full.yml
    refuses "a full disk, $format" small/published.csv "No space left" "free some space" -- load full.yml
  done
  { csv large.csv; echo "out: {type: snapshot, path: small/table, key: id}"; } >full.yml
  refuses "a full disk, snapshot" small/table "No space left" "free some space" -- load full.yml
  { csv large.csv; echo "out: {type: sqlite, database: small/x.db, table: t, mode: replace}"; } >full.yml
  refuses "a full disk, SQLite" small/x.db "full" "free some space" -- load full.yml
  rm small/x.db*
  for ending in csv parquet; do
    refuses "a full disk, query to $ending" "small/published.$ending" "No space left" "free some space" -- \
      query --out small/published.$ending "FROM 'large.csv'"
  done
  mkdir small/project
  echo '+a: {echo>: a}' >small/project/w.dig
  head -c 200k /dev/zero >small/filler 2>/dev/null || true
  refuses "a full disk, the store" small/project "full" "free some space" -- \
    "$program" run w.dig --project small/project --session 2026-03-10
  rm -r small/filler small/project
  [ "$(ls small)" = published.csv ] || fail "left on the full disk: $(ls small | xargs)"
  [ "$(cat small/published.csv)" = "as it was" ] || fail "the published file on the full disk has changed"
else
  echo "LEFT OUT: a full disk, which only root can mount"
fi
echo ok
