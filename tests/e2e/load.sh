#!/usr/bin/env bash
# mogura load's verbs of its own: plan, schema, replay, --summary-json. First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"
shown=(out err)

printf 'id,name\n1,a\nx,b\n3,c\n' >rows.csv
cat >load.yml <<'YML'
in:
  type: file
  path_prefix: rows.csv
  parser: {type: csv, skip_header_lines: 1, columns: [{name: id, type: long}, {name: name, type: string}]}
filters: [{type: rename, columns: {name: label}}]
quarantine: bad.jsonl
out: {type: file, path_prefix: out_, file_ext: csv, formatter: {type: csv, newline: LF, header_line: false}}
YML

"$program" load plan load.yml >out 2>err || fail plan
grep -q '^1 input task, 20 B' out || fail 'plan: tasks and bytes'
grep -q 'behind filters\[0\]: id:long, label:string' out || fail 'plan: columns'
grep -q 'out_000.00.csv' out || fail 'plan: files'
[ ! -e out_000.00.csv ] && [ ! -e bad.jsonl ] || fail 'plan writes nothing'
"$program" load plan load.yml --json >out 2>err || fail 'plan --json'
grep -qF '"outputs":["out_000.00.csv"]' out || fail 'plan --json: files'

grep -qF '"pieces":1,"threads":1,"unpacking":[]' out || fail 'plan --json: splits'

sed 's/file_ext: csv/&, sequence_format: ""/; s/^quarantine.*/exec: {min_output_tasks: 2}/' load.yml >same.yml
! "$program" load plan same.yml >out 2>err && grep -q 'would write the same file' err || fail 'a plan fails as the run'

sed 's#path_prefix: out_#path_prefix: nowhere/out_#' load.yml >nowhere.yml
! "$program" load run nowhere.yml >out 2>err &&
  grep -q 'nowhere/out_000.00.csv: there is no folder nowhere (No such' err ||
  fail 'a folder that is not there'

# A template's mistakes stand where they were written, those of its partials too.
printf "{%% include 'part' %%}\nout: {type: nothing}\n" >whole.yml.liquid
printf 'in:\n  type: file\n  path_prefix: rows.csv\n  parser: {type: csv, columns: [{name: a, type: string}]}\n' >_part.yml.liquid
! "$program" load run whole.yml.liquid >out 2>err && grep -q 'whole.yml.liquid:2:7: out.type: ' err || fail 'a place in a template'
sed -i 's/type: file/type: nofile/' _part.yml.liquid
! "$program" load run whole.yml.liquid >out 2>err && grep -q '_part:2:3: in.type: ' err || fail 'a place in a partial'

# Of a table: the columns, and the statements; the plan creates nothing.
sed 's/^out: .*/out: {type: sqlite, database: rows.db, table: t, mode: insert, after_load: "delete from t where id = 9"}/' \
  load.yml >table.yml
"$program" load plan table.yml >out 2>err || fail 'plan of a table'
for part in '  .*/rows.csv  20 B  one piece' 'sqlite table t, mode insert (new)' '  columns added:    id INTEGER, label TEXT' \
  '    INSERT INTO main."t" ("id", "label") SELECT "id", "label" FROM temp."t_[0-9a-f]*_embulk"' \
  '    delete from t where id = 9'; do
  grep -q "^$part\$" out || fail "plan of a table: $part"
done
[ ! -e rows.db ] || fail 'plan creates no database'
"$program" load run table.yml >out 2>err || fail 'run into a table'
sed -i 's/columns: {name: label}/columns: {name: other}/' table.yml
"$program" load plan table.yml >out 2>err || fail 'plan of a table that is there'
grep -q '^  columns cut:      other (the target does not take them)$' out && grep -q 'note: get no value.*: label$' out ||
  fail 'plan: columns that are cut'
"$program" load plan table.yml --json >out 2>err || fail 'plan --json of a table'
grep -qF '"step":"commit","sql":"delete from t where id = 9"}' out || fail 'plan --json: statements'
rm bad.jsonl rows.db

# Each verb explains itself, wherever --help stands.
for verb in run preview guess plan replay cleanup schema example; do
  for words in "$verb --help" "$verb -h" "$verb load.yml --help"; do
    # shellcheck disable=SC2086
    "$program" load $words >out 2>err || fail "$words"
    grep -q "^mogura load $verb " out && grep -q '^Example' out || fail "$words teaches"
  done
  "$program" load --help | grep -q "^  $verb  " || fail "--help lists $verb"
done
! "$program" load plann --help >out 2>err && grep -q 'did you mean plan?' err || fail 'help of a wrong verb'
! "$program" load plan >out 2>err && grep -qF 'mogura load plan CONFIG.yml [--json] (mogura load plan --help' err ||
  fail 'a plan of nothing'
"$program" load example >out 2>err || fail example
grep -q 'mogura load guess mogura-example/seed.yml -o config.yml' out || fail 'example says what to do'
"$program" load guess mogura-example/seed.yml -o example.yml >out 2>err && "$program" load run example.yml >out 2>err ||
  fail 'the example loads'
grep -q 'two for one' out || fail 'the rows of the example'
"$program" load plan example.yml >out 2>err || fail 'plan of the example'
grep -q ' unpacked by .*, .*pieces of 512 KiB on ' out || fail 'plan of a packed file'

"$program" load run load.yml --summary-json summary.json >out 2>err || fail run
grep -qF '"rows_written":2,"rows_rejected":1' summary.json || fail 'the summary'
rm out_000.00.csv
for option in '--summary-json none/summary.json' '-c none/diff.yml'; do
  # shellcheck disable=SC2086
  ! "$program" load run load.yml $option >out 2>err && grep -q 'make the folder first: none' err &&
    [ ! -e out_000.00.csv ] || fail "a file that cannot be written: $option"
done
! "$program" load run load.yml --summary-json . >out 2>err && grep -q 'is a folder' err &&
  [ ! -e out_000.00.csv ] || fail 'a summary that is a folder'
sed 's/quarantine: .*/max_rejected_rows: 0/' load.yml >strict.yml
! "$program" load run strict.yml --summary-json summary.json >out 2>err &&
  grep -q '^{"error":".*"rows_rejected":1' summary.json || fail 'the summary of a failed run'
"$program" load run load.yml >out 2>err || fail 'once more'

# What a replay rejects once more keeps its place; messages and the diff know of no other file.
"$program" load replay load.yml bad.jsonl --summary-json summary.json >out 2>err || fail 'a replay in vain'
grep -q 'rows.csv","offset":[1-9][0-9]*,"line":3,' bad.jsonl.rest || fail "the place of a row: $(cat bad.jsonl.rest)"
! grep -q 'last_path\|mogura-replay' summary.json || fail "the diff of a replay: $(cat summary.json)"
echo 'max_rejected_rows: 0' | cat load.yml - >none.yml
! "$program" load replay none.yml bad.jsonl >out 2>err && grep -q ' bad.jsonl:1: more rows are bad' err ||
  fail "a message of a replay: $(cat err)"
rm -f bad.jsonl.rest* out_replay*

sed -i 's/x,b/2,b/' bad.jsonl
"$program" load replay load.yml bad.jsonl >out 2>err || fail replay
[ "$(cat out_000.00.csv)" = $'1,a\n3,c' ] || fail 'replay leaves what is there'
[ "$(cat out_replay_000.00.csv)" = 2,b ] || fail 'the corrected row'
[ ! -s bad.jsonl.rest ] || fail 'nothing is rejected again'
sed -i 's/2,b/4,d/' bad.jsonl
"$program" load replay load.yml bad.jsonl >out 2>err || fail 'a second replay'
[ "$(cat out_replay_000.00.csv)" = 2,b ] || fail 'a second replay leaves the first'
[ "$(cat out_replay2_000.00.csv)" = 4,d ] || fail 'the rows of a second replay'
for option in '-c diff.yml' '-r state.yml'; do
  # shellcheck disable=SC2086
  ! "$program" load replay load.yml bad.jsonl $option >out 2>err && grep -q 'neither -c nor -r' err ||
    fail "replay $option"
  [ ! -e diff.yml ] || fail 'replay writes no diff'
done

# Only a LF ends a line here, and a record may have several.
printf 'a\rb,x\nc,2\n"e\nf",y\n' >rows.csv
sed 's/skip_header_lines: 1, columns: .*/line_delimiter_recognized: LF, columns: [{name: name, type: string}, {name: id, type: long}]}/
  s/out_/lines_/' load.yml >lines.yml
"$program" load run lines.yml >out 2>err || fail 'lines'
sed -i 's/,x"/,1"/; s/,y"/,3"/' bad.jsonl
"$program" load replay lines.yml bad.jsonl >out 2>err || fail 'replay of lines'
[ "$(cat lines_replay_000.00.csv)" = $'"a\nb",1\n"e\nf",3' ] || fail 'the lines of a record'
[ ! -s bad.jsonl.rest ] || fail 'nothing of the lines is rejected again'

# Rows that a filter left out are another's to correct.
printf '1,{\n' >rows.csv
sed 's/skip_header_lines: 1, //; s/^filters.*/filters: [{type: expand_json, json_column_name: name, expanded_columns: [{name: a, type: long}]}]/' \
  load.yml >filter.yml
"$program" load run filter.yml >out 2>err || fail 'a filter that leaves rows out'
! "$program" load replay filter.yml bad.jsonl >out 2>err &&
  grep -qF 'bad.jsonl:1: filters[0] left this row out' err || fail 'replay refuses rows of filters'
rm -f bad.jsonl*
printf 'x,{}\n' >rows.csv
"$program" load run filter.yml >out 2>err || fail 'a row for a filter'
sed -i 's/x,{}/7,{/' bad.jsonl
"$program" load replay filter.yml bad.jsonl >out 2>err || fail 'a replay that a filter leaves out'
grep -qF '{"source":"bad.jsonl","offset":0,"line":0,' bad.jsonl.rest && grep -qF '"filter":"filters[0]"' bad.jsonl.rest ||
  fail "the rest of a filter: $(cat bad.jsonl.rest)"

: >state.yml
"$program" load cleanup load.yml -r state.yml >out 2>err || fail 'cleanup -r'
[ "$(cat out)" = 'dropped state.yml' ] && [ ! -e state.yml ] || fail 'cleanup throws the state away'
"$program" load cleanup load.yml -r state.yml >out 2>err || fail 'cleanup -r without a state'
[ "$(cat out)" = 'nothing to clean up' ] || fail 'cleanup without a state'

sed 's/out: .*/out: {type: snapshot, path: s, key: id}/' load.yml >snapshot.yml
! "$program" load replay snapshot.yml bad.jsonl >out 2>err && grep -q 'would replace' err ||
  fail 'replay refuses to replace'

"$program" load schema >schema.json || fail schema
for part in '"required":["columns"]' '"enum":["CRLF","LF","CR"]' '"typecast"' '"$defs"'; do
  grep -qF "$part" schema.json || fail "the schema lacks $part"
done
# guess: JSON lines where their parser or guesser is named, Parquet by itself; and the guesses load.
printf '{"id":%d,"at":"2026-03-10 00:00:00","more":[1]}\n' 1 2 3 4 >lines.jsonl
printf 'in: {type: file, path_prefix: lines.jsonl%s}\nout: {type: file, path_prefix: w, file_ext: .parquet, sequence_format: "", formatter: {type: parquet}}\n' \
  ', parser: {type: jsonl}' >named.yml
sed 's/, parser: {type: jsonl}//' named.yml >seed.yml
"$program" load guess named.yml -o guessed.yml >out 2>err || fail 'guess of a named parser'
"$program" load guess seed.yml -g jsonl -o asked.yml >out 2>err || fail 'guess -g jsonl'
diff <(sed 's/charset.*//' guessed.yml) <(sed 's/charset.*//' asked.yml) || fail 'two ways to ask for jsonl'
grep -q "name: at, type: timestamp, format: '%Y-%m-%d %H:%M:%S'" guessed.yml || fail 'guessed columns'
"$program" load run guessed.yml >out 2>err || fail 'the guessed JSON lines load'
sed 's/lines.jsonl/w.parquet/; s/path_prefix: w,/path_prefix: again,/' seed.yml >parquet.yml
"$program" load guess parquet.yml -o from.yml >out 2>err || fail 'guess of Parquet'
grep -q 'parser: {type: parquet}' from.yml || fail 'Parquet is not text'
"$program" load run from.yml >out 2>err && cmp w.parquet again.parquet || fail 'the guessed Parquet loads'
! "$program" load plann load.yml >out 2>err && grep -q 'did you mean plan?' err || fail 'a wrong verb'
echo ok
