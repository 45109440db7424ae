# Sourced by the scripts of this folder. A script begins in a folder of its own, which goes with it:
#   program   the program under test, the script's first argument
#   project   the folder of the sources
#   folder    the folder that it stands in
#   shown     files that a failure prints, patterns allowed
program=$(realpath "${1:?the program is missing}")
project=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../..")
folder=$(mktemp -d)
shown=(log)
postgresql=
mariadb=
at_end() { :; }  # a script has its own, if anything else is left

finish() {
  at_end
  [ -z "$postgresql" ] || stop_postgresql
  [ -z "$mariadb" ] || kill -9 "$mariadb" 2>/dev/null || true
  [ -z "$mariadb" ] || wait "$mariadb" 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"

fail() {
  echo "FAILED: $*"
  cd "$folder"
  # shellcheck disable=SC2068  # patterns
  tail -n 100 -- ${shown[@]} 2>/dev/null || true
  exit 1
}

# expect WHAT GOT WANTED
expect() { [ "$2" = "$3" ] || fail "$1: expected $3, got $2"; }

# eventually WHAT COMMAND...: runs it until it succeeds, for a minute at most.
eventually() {
  local what=$1 end=$((SECONDS + 60))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || fail "never happened: $what"
    sleep 0.05
  done
}

# expect_exit CODE COMMAND...: its words are in `log`.
expect_exit() {
  local wanted=$1 code=0
  shift
  "$@" >log 2>&1 || code=$?
  [ "$code" = "$wanted" ] || fail "exit $code, not $wanted: $*"
}

# has WORDS [FILE]
has() { grep -qF -- "$1" "${2:-log}" || fail "no such line: $1"; }

# The database servers refuse to run as root.
as_postgres() { if [ "$(id -u)" = 0 ]; then exec setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; else exec "$@"; fi; }

# A PostgreSQL whose socket is in the folder, without data at first, until the script ends or stops
# it. `postgresql SQL` asks it.
start_postgresql() {
  local bin=/usr/lib/postgresql/15/bin
  if [ ! -e postgresql ]; then
    [ "$(id -u)" != 0 ] || chown postgres .
    (as_postgres "$bin/initdb" -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync -D "$folder/postgresql") \
      >initdb.log 2>&1 || { cat initdb.log; fail "initdb"; }
  fi
  (as_postgres "$bin/postgres" -D "$folder/postgresql" -k "$folder" -h '' -c fsync=off) >>postgresql.log 2>&1 &
  postgresql=$!
  eventually "PostgreSQL answers" postgresql 'select 1'
}
stop_postgresql() {
  kill -QUIT "$postgresql" 2>/dev/null || true
  wait "$postgresql" 2>/dev/null || true
  postgresql=
}
postgresql() { psql -h "$folder" -U postgres -Atqc "$1" 2>>psql.log; }

# The same of MariaDB, once; `mysql SQL` asks its database `loads`.
start_mariadb() {
  local as=()
  [ "$(id -u)" != 0 ] || as=(--user=root)
  mariadb-install-db --no-defaults "${as[@]}" --auth-root-authentication-method=normal --skip-test-db \
    --innodb-log-file-size=16M --datadir="$folder/mariadb" >mariadb-install.log 2>&1
  mariadbd --no-defaults "${as[@]}" --datadir="$folder/mariadb" --socket="$folder/mariadb.sock" \
    --skip-networking --innodb-flush-log-at-trx-commit=0 >mariadb.log 2>&1 &
  mariadb=$!
  eventually "MariaDB answers" mariadb --no-defaults -S "$folder/mariadb.sock" -u root -e 'create database if not exists loads'
}
mysql() { mariadb --no-defaults -S "$folder/mariadb.sock" -u root -N -B -e "$1" loads 2>>mysql.log; }
