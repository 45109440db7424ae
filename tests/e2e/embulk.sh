#!/usr/bin/env bash
# The program under the name `embulk`: command line, texts, exit codes (embulk 1.1, 1.2, 1.7, 1.13,
# 13.4). First argument: the program.
set -euo pipefail
program=$(realpath "${1:?the program is missing}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
ln -s "$program" embulk
export HOME="$folder" TZ=Asia/Tokyo
unset EMBULK_HOME || true

fail() {
  echo "FAILED: $*"
  cat out err 2>/dev/null || true
  exit 1
}

# expect CODE ARGUMENTS...: runs embulk; its texts are in out and err.
expect() {
  local wanted=$1 code=0
  shift
  ./embulk "$@" >out 2>err </dev/null || code=$?
  [ "$code" = "$wanted" ] || fail "embulk $*: exit $code, wanted $wanted"
}
has() { grep -qF -- "$2" "$1" || fail "$1 lacks: $2"; }
lacks() { ! grep -qF -- "$2" "$1" || fail "$1 has: $2"; }

# 1.1.3, 1.1.6 to 1.1.10, 1.2.3, 13.4.1, 13.4.2
expect 255 --version && grep -qE '^Embulk 0\.11\.[0-9]+ ' out || fail version
expect 255 && has out 'Usage: embulk' && [ ! -s err ]
expect 255 --help && has out 'Verbs:'
expect 255 run --help && has out '--config-diff' && lacks out '--vertical'
expect 255 run && has err "embulk: 'run' needs exact 1 argument(s)."
expect 255 run a.yml b.yml && has err "needs exact 1 argument(s)."
expect 255 example a b && has err "embulk: 'example' needs 0 - 1 argument(s)."
expect 255 nosuch && has err "embulk: 'nosuch' is not an embulk command." && has out 'Verbs:'
for verb in exec irb migrate new; do
  expect 255 $verb x && has err "'$verb' is no longer available."
done
expect 255 --zzz && has err 'embulk: Unrecognized option: --zzz'
expect 255 run c.yml --zzz && has err 'embulk: Unrecognized option: --zzz' && has out '--config-diff'
expect 255 preview c.yml -c diff.yml && has err 'Unrecognized option: -c'
expect 255 run c.yml -c && has err 'Missing argument for option: c'

# 1.1.12
printf 'a,1\nb,2\n' >rows.csv
cat >c.yml <<'YML'
in:
  type: file
  path_prefix: rows.csv
  parser: {type: csv, columns: [{name: s, type: string}, {name: n, type: long}]}
exec: {min_output_tasks: 1}
out: {type: stdout}
YML
expect 1 -l loud run c.yml && has err 'Available levels are'

# 1.1.4, 1.1.5, 1.1.16, 1.1.23, 1.1.25, 1.4.1, 1.4.2, 1.4.5
expect 0 -J-Xmx1g -l debug -X a=b run -L lib c.yml -b bundle -C path -R --dev
grep -qE '^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}\.[0-9]{3} \+0900 \[INFO\] \(main\): Started Embulk v0\.11\.' out ||
  fail 'the first line'
has out '[INFO] (0001:transaction): Loading files [rows.csv]'
has out '[INFO] (0001:transaction): Using local thread executor with max_threads='
has out '[INFO] (main): Committed.'
has out '[INFO] (main): Next config diff: {"in":{"last_path":"rows.csv"},"out":{}}'
has out '[DEBUG] (main): This option has no effect here: -b'
has out 'a,1'
expect 0 -l warn run c.yml && [ "$(cat out)" = $'a,1\nb,2' ] || fail '-l warn: only rows'
expect 0 run c.yml --log-path log && [ "$(cat out)" = $'a,1\nb,2' ] && has log Committed.
expect 0 run c.yml --log-level=error && [ "$(cat out)" = $'a,1\nb,2' ]

# 1.2.2, 13.4.3, 13.4.7
expect 1 run missing.yml && has err 'Error: missing.yml'
cp c.yml c.txt && expect 1 run c.txt && has err '.yml and .yml.liquid'
echo '[a]' >list.yml && expect 1 run list.yml &&
  has err 'Expected object to load ConfigSource but got ["a"]'
sed 's/out: .*/out: {type: null}/' c.yml >n.yml && expect 1 run n.yml && has err '{type: "null"}'
sed 's/in:/inn:/' c.yml >n.yml && expect 1 run n.yml && has err "Field 'in' is required but not set"

# 1.7.2 to 1.7.7, 13.4.9
printf 'c,3\n' >rows.csv.2
expect 0 run c.yml -c diff.yml && [ "$(cat diff.yml)" = $'in: {last_path: rows.csv.2}\nout: {}' ] ||
  fail 'the config diff'
printf 'd,4\n' >rows.csv.3
expect 0 -l warn run c.yml -c diff.yml && [ "$(cat out)" = d,4 ] || fail 'only the new file'
cp diff.yml before && expect 0 -l warn run c.yml -c diff.yml && [ ! -s out ] && cmp diff.yml before
expect 1 run c.yml -c nowhere/diff.yml && has err 'Not writable: nowhere/diff.yml'
cp diff.yml diff.txt && expect 1 run c.yml -c diff.txt && has err '.yml and .yml.liquid'
# 1.7.8
expect 0 run c.yml -o whole.yml && has out deprecated && has whole.yml path_prefix &&
  has whole.yml last_path

# 1.7.9 to 1.7.11, 1.2.4
mkdir in done
printf 'a,1\n' >in/1.csv; printf 'bad,x\n' >in/2.csv; printf 'c,3\n' >in/3.csv
cat >r.yml <<'YML'
in:
  type: file
  path_prefix: in/
  parser: {type: csv, stop_on_invalid_record: true, columns: [{name: s, type: string}, {name: n, type: long}]}
exec: {min_output_tasks: 1}
out: {type: file, path_prefix: done/rows_, file_ext: csv, formatter: {type: csv, header_line: false, newline: LF}}
YML
expect 1 run r.yml -r state.yml && has err 'in/2.csv:1: bad,x' &&
  has out "Writing resume state to 'state.yml'"
[ "$(find done -name '*.csv' | wc -l)" = 0 ] || fail 'nothing is visible before all of it is there'
printf 'b,2\n' >in/2.csv
expect 0 run r.yml -r state.yml && has out 'Skipped resumed task 0' && [ ! -e state.yml ] ||
  fail 'the run that goes on'
[ "$(cat done/*)" = $'a,1\nb,2\nc,3' ] || fail 'all rows, once'
printf 'bad,x\n' >in/2.csv && expect 1 run r.yml -r state.yml && [ -s state.yml ]
expect 0 cleanup r.yml -r state.yml && [ ! -e state.yml ] || fail cleanup
expect 0 cleanup c.yml

# 1.9.2: as many outputs as processors, unless somebody asks for less
sed '/^exec/d; s#path_prefix: in/#path_prefix: in/1#; s#rows_#scattered_#' r.yml >s.yml
expect 0 run s.yml
[ "$(ls done | grep -c scattered_)" = "$(nproc)" ] || fail 'scatter'
expect 0 -X min_output_tasks=3 run s.yml && has out 'output tasks 3 = input tasks 1 * 3'

# 1.13, 13.4.5, 13.4.6
expect 0 example ex && [ "$(grep -c Creating out)" = 4 ] && has out 'embulk guess ex/seed.yml -o config.yml'
expect 0 guess ex/seed.yml -o config.yml
has out "Created 'config.yml' file." && has err 'path_prefix'
has config.yml "{name: time, type: timestamp, format: '%Y-%m-%d %H:%M:%S'}"
has config.yml "{name: purchase, type: timestamp, format: '%Y%m%d'}"
has config.yml "null_string: 'NULL'" && has config.yml 'decoders:' && lacks config.yml exec
expect 0 guess ex/seed.yml && has out '-o' && has err 'columns:'
expect 0 preview config.yml && has out ' purchase:timestamp |'
expect 0 preview -G config.yml && has out '*************************** 3 ***************************'
expect 0 -X preview_format=vertical preview config.yml && has out '*************************** 0'
expect 1 -X preview_format=odd preview config.yml
expect 0 -l warn run config.yml && [ "$(grep -c 201501 out)" = 4 ] && grep -q ',20150129,$' out ||
  fail 'the example, loaded'

# 1.3
mkdir home && printf '# properties\nlog_level = warn\nguess_plugins: csv_all_strings\n' >home/embulk.properties
EMBULK_HOME="$folder/home" expect 0 run c.yml && lacks out INFO
EMBULK_HOME=home expect 1 run c.yml && has err 'EMBULK_HOME must be an absolute path'

# 1.6
mkdir part
cat >t.yml.liquid <<'YML'
in:
  type: file
  path_prefix: {{ env.PREFIX | default: 'none' }}
{% include 'part/parser', type: 'long' %}
exec: {min_output_tasks: 1}
out: {type: {{ env["OUT"] }}}
YML
printf '  parser: {type: csv, columns: [{name: s, type: string}, {name: n, type: {{ type }}}]}' \
  >part/_parser.yml.liquid
PREFIX=rows.csv OUT=stdout expect 0 -l warn run t.yml.liquid
[ "$(head -n 1 out)" = a,1 ] || fail 'the template'
printf '{%% if %%}' >bad.yml.liquid && expect 1 run bad.yml.liquid && has err 'bad.yml.liquid:1'

# 10.3.3, 10.3.4, 1.1.22, 1.1.24
expect 0 gem list && has out 'embulk-filter-row ('
expect 0 gem install embulk-filter-column -v 0.7 && has out 'built in'
expect 0 gem install msgpack bundler
expect 1 gem install embulk-filter-colum && has err 'did you mean embulk-filter-column?'
expect 0 install org.embulk:embulk-parser-csv:0.11.6
expect 0 bundle install
expect 1 mkbundle x && expect 1 selfupdate
expect 0 license && has out Apache
echo ok
