#!/usr/bin/env bash
# The program under the name `embulk`: command line, texts, exit codes (embulk 1.1, 1.2, 1.7, 1.13,
# 13.4). First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"
shown=(out err)
ln -s "$program" embulk
export HOME="$folder" TZ=Asia/Tokyo
unset EMBULK_HOME || true

# exits CODE ARGUMENTS...: runs embulk; its texts are in out and err.
exits() {
  local wanted=$1 code=0
  shift
  ./embulk "$@" >out 2>err </dev/null || code=$?
  [ "$code" = "$wanted" ] || fail "embulk $*: exit $code, wanted $wanted"
}
lacks() { ! grep -qF -- "$1" "$2" || fail "$2 has: $1"; }

# 1.1.3, 1.1.6 to 1.1.10, 1.2.3, 13.4.1, 13.4.2
exits 255 --version && grep -qE '^Embulk 0\.11\.[0-9]+ ' out || fail version
exits 255 && has 'Usage: embulk' out && [ ! -s err ]
exits 255 --help && has 'Verbs:' out
exits 255 run --help && has '--config-diff' out && lacks '--vertical' out
exits 255 run && has "embulk: 'run' needs exact 1 argument(s)." err
exits 255 run a.yml b.yml && has "needs exact 1 argument(s)." err
exits 255 example a b && has "embulk: 'example' needs 0 - 1 argument(s)." err
exits 255 nosuch && has "embulk: 'nosuch' is not an embulk command." err && has 'Verbs:' out
for verb in exec irb migrate new; do
  exits 255 $verb x && has "'$verb' is no longer available." err
done
exits 255 --zzz && has 'embulk: Unrecognized option: --zzz' err
exits 255 run c.yml --zzz && has 'embulk: Unrecognized option: --zzz' err && has '--config-diff' out
exits 255 preview c.yml -c diff.yml && has 'Unrecognized option: -c' err
exits 255 run c.yml -c && has 'Missing argument for option: c' err

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
exits 1 -l loud run c.yml && has 'Available levels are' err

# 1.1.4, 1.1.5, 1.1.16, 1.1.23, 1.1.25, 1.4.1, 1.4.2, 1.4.5
exits 0 -J-Xmx1g -l debug -X a=b run -L lib c.yml -b bundle -C path -R --dev
grep -qE '^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}\.[0-9]{3} \+0900 \[INFO\] \(main\): Started Embulk v0\.11\.' out ||
  fail 'the first line'
has '[INFO] (0001:transaction): Loading files [rows.csv]' out
has '[INFO] (0001:transaction): Using local thread executor with max_threads=' out
has '[INFO] (main): Committed.' out
has '[INFO] (main): Next config diff: {"in":{"last_path":"rows.csv"},"out":{}}' out
has '[DEBUG] (main): This option has no effect here: -b' out
has 'a,1' out
exits 0 -l warn run c.yml && [ "$(cat out)" = $'a,1\nb,2' ] || fail '-l warn: only rows'
exits 0 run c.yml --log-path log && [ "$(cat out)" = $'a,1\nb,2' ] && has Committed. log
exits 0 run c.yml --log-level=error && [ "$(cat out)" = $'a,1\nb,2' ]

# 1.2.2, 13.4.3, 13.4.7
exits 1 run missing.yml && has 'Error: missing.yml' err
cp c.yml c.txt && exits 1 run c.txt && has '.yml and .yml.liquid' err
echo '[a]' >list.yml && exits 1 run list.yml &&
  has 'Expected object to load ConfigSource but got ["a"]' err
sed 's/out: .*/out: {type: null}/' c.yml >n.yml && exits 1 run n.yml && has '{type: "null"}' err
sed 's/in:/inn:/' c.yml >n.yml && exits 1 run n.yml && has "Field 'in' is required but not set" err

# 1.7.2 to 1.7.7, 13.4.9
printf 'c,3\n' >rows.csv.2
exits 0 run c.yml -c diff.yml && [ "$(cat diff.yml)" = $'in: {last_path: rows.csv.2}\nout: {}' ] ||
  fail 'the config diff'
printf 'd,4\n' >rows.csv.3
exits 0 -l warn run c.yml -c diff.yml && [ "$(cat out)" = d,4 ] || fail 'only the new file'
cp diff.yml before && exits 0 -l warn run c.yml -c diff.yml && [ ! -s out ] && cmp diff.yml before
exits 1 run c.yml -c nowhere/diff.yml && has 'Not writable: nowhere/diff.yml' err
cp diff.yml diff.txt && exits 1 run c.yml -c diff.txt && has '.yml and .yml.liquid' err
# 1.7.8
exits 0 run c.yml -o whole.yml && has deprecated out && has path_prefix whole.yml &&
  has last_path whole.yml

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
exits 1 run r.yml -r state.yml && has 'in/2.csv:1: bad,x' err &&
  has "Writing resume state to 'state.yml'" out
[ "$(find done -name '*.csv' | wc -l)" = 0 ] || fail 'nothing is visible before all of it is there'
printf 'b,2\n' >in/2.csv
exits 0 run r.yml -r state.yml && has 'Skipped resumed task 0' out && [ ! -e state.yml ] ||
  fail 'the run that goes on'
[ "$(cat done/*)" = $'a,1\nb,2\nc,3' ] || fail 'all rows, once'
printf 'bad,x\n' >in/2.csv && exits 1 run r.yml -r state.yml && [ -s state.yml ]
exits 0 cleanup r.yml -r state.yml && [ ! -e state.yml ] || fail cleanup
exits 0 cleanup c.yml

# 1.9.2: as many outputs as processors, unless somebody asks for less
sed '/^exec/d; s#path_prefix: in/#path_prefix: in/1#; s#rows_#scattered_#' r.yml >s.yml
exits 0 run s.yml
[ "$(ls done | grep -c scattered_)" = "$(nproc)" ] || fail 'scatter'
exits 0 -X min_output_tasks=3 run s.yml && has 'output tasks 3 = input tasks 1 * 3' out

# 1.13, 13.4.5, 13.4.6
exits 0 example ex && [ "$(grep -c Creating out)" = 4 ] && has 'embulk guess ex/seed.yml -o config.yml' out
exits 0 guess ex/seed.yml -o config.yml
has "Created 'config.yml' file." out && has 'path_prefix' err
has "{name: time, type: timestamp, format: '%Y-%m-%d %H:%M:%S'}" config.yml
has "{name: purchase, type: timestamp, format: '%Y%m%d'}" config.yml
has "null_string: 'NULL'" config.yml && has 'decoders:' config.yml && lacks exec config.yml
exits 0 guess ex/seed.yml && has '-o' out && has 'columns:' err
exits 0 preview config.yml && has ' purchase:timestamp |' out
exits 0 preview -G config.yml && has '*************************** 3 ***************************' out
exits 0 -X preview_format=vertical preview config.yml && has '*************************** 0' out
exits 1 -X preview_format=odd preview config.yml
exits 0 -l warn run config.yml && [ "$(grep -c 201501 out)" = 4 ] && grep -q ',20150129,$' out ||
  fail 'the example, loaded'

# 1.3
mkdir home && printf '# properties\nlog_level = warn\nguess_plugins: csv_all_strings\n' >home/embulk.properties
EMBULK_HOME="$folder/home" exits 0 run c.yml && lacks INFO out
EMBULK_HOME=home exits 1 run c.yml && has 'EMBULK_HOME must be an absolute path' err

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
PREFIX=rows.csv OUT=stdout exits 0 -l warn run t.yml.liquid
[ "$(head -n 1 out)" = a,1 ] || fail 'the template'
printf '{%% if %%}' >bad.yml.liquid && exits 1 run bad.yml.liquid && has 'bad.yml.liquid:1' err

# 10.3.3, 10.3.4, 1.1.22, 1.1.24
exits 0 gem list && has 'embulk-filter-row (' out
exits 0 gem install embulk-filter-column -v 0.7 && has 'built in' out
exits 0 gem install msgpack bundler
exits 1 gem install embulk-filter-colum && has 'did you mean embulk-filter-column?' err
exits 0 install org.embulk:embulk-parser-csv:0.11.6
exits 0 bundle install
exits 1 mkbundle x && exits 1 selfupdate
exits 0 license && has Apache out
echo ok
