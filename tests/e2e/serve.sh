#!/usr/bin/env bash
# `mogura serve` from outside: a snapshot file and a SQLite table, looked up, replaced, refused,
# stopped. First argument: the program.
set -euo pipefail
source "$(dirname "$0")/common.bash"
server=
silent=
at_end() { for process in $server $silent; do kill "$process" 2>/dev/null || true; done; }

rows() {  # rows TABLE COUNT: the table anew
  sqlite3 results.db "BEGIN; DROP TABLE IF EXISTS $1; CREATE TABLE $1 (id INTEGER, name TEXT);
    WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < $2)
    INSERT INTO $1 SELECT i, '$1 ' || i || ' of $2' FROM n; COMMIT;"
}

build() { "$program" snapshot build "$1.snapshot" --engine sqlite --database results.db --table "$1" --key id; }

rows creatives 100
rows slots 200
"$program" snapshot build joined.snapshot --engine=sqlite --database=results.db --key=id \
  --query="SELECT id, name FROM creatives WHERE id = 7" >/dev/null || fail "--name=value of snapshot build"
expect "a row by --name=value" "$("$program" snapshot get joined.snapshot 7)" '{"id":7,"name":"creatives 7 of 100"}'
build creatives >build.out
expect "rows built" "$(cat build.out)" "creatives.snapshot: 100 rows of creatives by id"
expect "a row by command" "$("$program" snapshot get creatives.snapshot 7)" '{"id":7,"name":"creatives 7 of 100"}'
"$program" snapshot get creatives.snapshot 7 101 >/dev/null 2>&1 && fail "a missing key must not exit 0"
"$program" snapshot info creatives.snapshot | grep -q '^rows *100$' || fail "snapshot info"
"$program" serve --table a=sqlite:results.db/slots 2>problems && fail "a table without key was served"
grep -q 'key: this option is required' problems || fail "no word about the missing key"

cat >serve.yml <<'YAML'
listen: 127.0.0.1:0
refresh: 100ms
max_shrink_percent: 20
tables:
  - name: creatives
    source: {type: snapshot, path: creatives.snapshot}
  - name: slots
    key: id
    source: {type: sqlite, database: results.db, table: slots}
YAML
"$program" serve serve.yml --refresh=5x 2>problems && fail "a time that is none was taken"
grep -q 5x problems || fail "no word about --refresh=5x"
"$program" serve serve.yml --table=again=sqlite:results.db/slots?key=id 2>log &
server=$!
eventually "the address in the log" grep -q ' serving address=http' log
address=$(grep -o 'http://[0-9.:]*' log | head -n 1)
get() { curl -sS --max-time 5 "$address$1"; }
status() { curl -sS --max-time 5 -o /dev/null -w '%{http_code}' "${@:2}" "$address$1"; }
eventually "health" curl -fsS "$address/healthz"

expect "a row" "$(get /v1/tables/slots/5)" '{"id":5,"name":"slots 5 of 200"}'
expect "a row of a table by flag" "$(get /v1/tables/again/5)" '{"id":5,"name":"slots 5 of 200"}'
expect "a missing row" "$(status /v1/tables/slots/201)" 404
expect "a missing table" "$(status /v1/tables/slot/1)" 404
expect "several rows" \
  "$(get '/v1/tables/creatives?keys=1,2,x')" \
  '{"rows":{"1":{"id":1,"name":"creatives 1 of 100"},"2":{"id":2,"name":"creatives 2 of 100"}},"missing":["x"]}'
expect "several rows by POST" \
  "$(curl -sS --data '[1]' "$address/v1/tables/creatives")" '{"rows":{"1":{"id":1,"name":"creatives 1 of 100"}},"missing":[]}'
get /v1/tables | grep -q '"name":"creatives","source":"snapshot' || fail "the list of tables"
get /metrics | grep -q '^mogura_table_rows{table="slots"} 200$' || fail "the metrics"
headers=$(curl -sS -D - -o /dev/null "$address/v1/tables/creatives/1")
grep -qi '^x-mogura-generation: 1.$' <<<"$headers" || fail "the generation header: $headers"
etag=$(grep -i '^etag:' <<<"$headers" | cut -d' ' -f2 | tr -d '\r')
expect "an unchanged row" "$(status /v1/tables/creatives/1 -H "If-None-Match: $etag")" 304

# The file is replaced, the table changes: the next generation.
rows creatives 120
rows slots 190
build creatives >/dev/null
is_row() { [ "$(get "$1")" = "$2" ]; }
eventually "the new file" is_row /v1/tables/creatives/120 '{"id":120,"name":"creatives 120 of 120"}'
eventually "the new table" is_row /v1/tables/slots/5 '{"id":5,"name":"slots 5 of 190"}'
curl -sS -D - -o /dev/null "$address/v1/tables/creatives/1" | grep -qi '^x-mogura-generation: 2' ||
  fail "the second generation"

# Too few rows, or another schema: refused, and said why.
rows slots 50
refused() { get /v1/tables/slots | grep -q "$1"; }
eventually "the refusal" refused 'the row count fell from 190 to 50'
sqlite3 results.db 'ALTER TABLE slots ADD COLUMN extra INTEGER'
eventually "the second refusal" refused 'the schema changed'
sqlite3 results.db 'DROP TABLE slots'
eventually "the failure" refused 'no such table: slots'
expect "the old row" "$(get /v1/tables/slots/5)" '{"id":5,"name":"slots 5 of 190"}'
rows slots 180
eventually "the recovery" refused '"rows":180.*"last_error":null'

kill -TERM "$server"
code=0
wait "$server" || code=$?
server=
expect "the exit code" "$code" 0

# A server that takes connections and never speaks: the other tables do not wait for it, and the end
# waits for it a moment only.
python3 -c '
import signal, socket
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
print(listener.getsockname()[1], flush=True)
signal.pause()' >port &
silent=$!
eventually "the port" test -s port
cat >serve.yml <<YAML
listen: 127.0.0.1:0
refresh: 100ms
tables:
  - name: silent
    key: id
    source: {type: mysql, host: 127.0.0.1, port: $(cat port), user: u, database: d, table: t}
  - name: slots
    key: id
    source: {type: sqlite, database: results.db, table: slots}
YAML
"$program" serve serve.yml 2>log &
server=$!
eventually "the address in the log" grep -q ' serving address=http' log
address=$(grep -o 'http://[0-9.:]*' log | head -n 1)
eventually "a table beside a silent one" is_row /v1/tables/slots/5 '{"id":5,"name":"slots 5 of 180"}'
rows slots 170
eventually "its refresh" is_row /v1/tables/slots/5 '{"id":5,"name":"slots 5 of 170"}'
began=$SECONDS
kill -TERM "$server"
code=0
wait "$server" || code=$?
server=
expect "the exit code beside a silent source" "$code" 0
[ $((SECONDS - began)) -lt 9 ] || fail "the end took $((SECONDS - began)) seconds"
echo ok
