#!/usr/bin/env bash
# `mogura init -t postgresql` makes a project that runs where a PostgreSQL is. First argument: the
# program.
set -euo pipefail
program=$(realpath "${1:?the program is missing}")
folder=$(mktemp -d)
data=$(mktemp -d)
bin=/usr/lib/postgresql/15/bin
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
finish() {
  as_postgres "$bin/pg_ctl" -D "$data/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$folder" "$data"
}
trap finish EXIT
if [ "$(id -u)" = 0 ]; then chown postgres "$data"; fi
cd "$data"
as_postgres "$bin/initdb" -D "$data/data" -U postgres --auth=trust --no-sync -E UTF8 --locale=C >"$folder/log" 2>&1 ||
  { cat "$folder/log"; echo "FAILED: initdb"; exit 1; }
# A port that nobody has now; another process may take it before the server does.
for _ in 1 2 3 4 5; do
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  as_postgres "$bin/pg_ctl" -D "$data/data" -w -l "$data/server.log" \
    -o "-c port=$port -c listen_addresses=127.0.0.1 -k $data" start >/dev/null && break
done

cd "$folder"
export HOME=$folder TZ=UTC
"$program" init days -t postgresql >log
cd days
sed -i "s/    host: 127.0.0.1/&\n    port: $port/" days.dig
for _ in 1 2; do
  "$program" run days.dig -a -t 2026-03-10 >../log 2>&1 || { cat ../log; echo "FAILED: the run"; exit 1; }
done
ask() { "$bin/psql" -h 127.0.0.1 -p "$port" -U postgres -Atc "$1"; }
[ "$(ask 'SELECT * FROM days')" = $'2026-03-10|1\n2026-03-10|1' ] || { ask 'TABLE days'; echo "FAILED: days"; exit 1; }
[ "$(ask 'SELECT * FROM today')" = '2026-03-10|1' ] || { ask 'TABLE today'; echo "FAILED: today"; exit 1; }
echo ok
