#!/usr/bin/env bash
# A private PostgreSQL server for the tests: installed when it is missing, on a free port of 127.0.0.1, in a folder of its own.
#
#   tests/scripts/postgres.sh start FOLDER   starts it, loads the databases, prints its URL (superuser) on the last line
#   tests/scripts/postgres.sh start FOLDER DATABASE SCRIPT...   the same, with one database made by these scripts instead
#   tests/scripts/postgres.sh stop FOLDER    stops it and removes the folder
#   tests/scripts/postgres.sh run COMMAND... starts one, runs the command with ISOGLOSS_TEST_POSTGRES set, stops it
#   tests/scripts/postgres.sh check          succeeds if a server is installed, or can be without asking
#
# The server speaks TLS with a certificate for `localhost`, whose authority is FOLDER/ca.crt. It holds the database
# `harbour` of tests/postgres/harbour.sql and those of the shared data, if they are there.
# ISOGLOSS_POSTGRES_PORT names its port, which is a free one without it.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
repository="$(cd "$here/../.." && pwd)"
shared="${ISOGLOSS_SHARED:-$repository/../shared}"
password="isogloss-test"

say() { printf 'postgres.sh: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

# Prints the folder of initdb and postgres; nothing if there is none. In a trap a plain `return` would give the status from before the trap.
find_binaries() {
  local folder
  while read -r folder; do
    if [ -x "$folder/initdb" ]; then echo "$folder"; return 0; fi
  done < <(printf '%s\n' /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin | sort -rV)
  if command -v initdb >/dev/null; then dirname "$(command -v initdb)"; fi
}

install_server() {
  command -v apt-get >/dev/null || fail "PostgreSQL is not installed, and there is no apt-get to install it with"
  local as_root=""
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || fail "PostgreSQL is not installed, and only root can install it: apt-get install postgresql"
    as_root="sudo -n"
  fi
  say "installing PostgreSQL"
  export DEBIAN_FRONTEND=noninteractive
  { $as_root apt-get update && $as_root apt-get install -y --no-install-recommends postgresql openssl; } >&2 \
    || fail "could not install PostgreSQL"
}

# PostgreSQL refuses to run as root, and its user may have no way into this folder.
as_user() {
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

certificates() {
  command -v openssl >/dev/null || { say "no openssl: the server runs without TLS"; return 1; }
  local days=30
  openssl req -x509 -newkey rsa:2048 -nodes -days $days -subj "/CN=Isogloss test authority" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
    -keyout "$1/ca.key" -out "$1/ca.crt" 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout "$1/server.key" -out "$1/server.csr" 2>/dev/null
  printf 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n' > "$1/server.ext"
  openssl x509 -req -days $days -in "$1/server.csr" -CA "$1/ca.crt" -CAkey "$1/ca.key" -CAcreateserial \
    -extfile "$1/server.ext" -out "$1/server.crt" 2>/dev/null
  chmod 600 "$1/server.key" "$1/ca.key"
}

is_taken() {
  (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

free_port() {
  local port
  for _ in $(seq 50); do
    port=$((20000 + RANDOM % 30000))
    if ! is_taken "$port"; then echo "$port"; return; fi
  done
  fail "found no free port"
}

# The port that was asked for, else a free one.
choose_port() {
  if [ -z "${ISOGLOSS_POSTGRES_PORT:-}" ]; then free_port; return; fi
  if is_taken "$ISOGLOSS_POSTGRES_PORT"; then fail "something listens on port $ISOGLOSS_POSTGRES_PORT already"; fi
  echo "$ISOGLOSS_POSTGRES_PORT"
}

configure() {
  local folder="$1" port="$2"
  cat >> "$folder/data/postgresql.conf" <<CONF
port = $port
listen_addresses = '127.0.0.1'
unix_socket_directories = '$folder'
shared_preload_libraries = 'pg_stat_statements'
fsync = off
synchronous_commit = off
full_page_writes = off
log_statement = 'all'
log_line_prefix = '%m %u@%d '
CONF
  printf '%s\n' 'local all all trust' 'hostssl all all 127.0.0.1/32 scram-sha-256' \
    'hostnossl all all 127.0.0.1/32 scram-sha-256' > "$folder/data/pg_hba.conf"
  if certificates "$folder"; then
    printf '%s\n' "ssl = on" "ssl_cert_file = '$folder/server.crt'" "ssl_key_file = '$folder/server.key'" \
      >> "$folder/data/postgresql.conf"
  else
    printf '%s\n' 'local all all trust' 'host all all 127.0.0.1/32 scram-sha-256' > "$folder/data/pg_hba.conf"
  fi
}

# Runs psql as the superuser, whatever the user of the system is called.
as_superuser() {
  as_user "$binaries/psql" -qX -h "$folder" -p "$port" -U postgres "$@" >/dev/null
}

create_database() {
  as_superuser -d postgres -c "create database \"$1\""
}

# Runs a script in a database; psql's own commands that this version does not know are left out.
run_script() {
  sed -e '/^\\\(un\)\{0,1\}restrict /d' | as_superuser -d "$1" -v ON_ERROR_STOP=1 || fail "could not load the database $1"
}

# Loads a script into a new database.
load() {
  create_database "$1"
  run_script "$1"
}

# Makes one database with the scripts that were given.
load_scripts() {
  local name="$1" script
  shift
  create_database "$name"
  for script in "$@"; do run_script "$name" < "$script"; done
}

load_all() {
  load harbour < "$repository/tests/postgres/harbour.sql"
  local corpora="$shared/data/corpora/databases" script name
  if [ ! -d "$corpora" ]; then say "shared data not found: only the database harbour is loaded"; return; fi
  local names=(harbour) path
  for path in "$corpora"/*; do
    name="$(basename "$path")"
    names+=("$name")
    for script in load schema; do
      if [ -f "$corpora/$name/$script.sql.gz" ]; then
        gzip -dc "$corpora/$name/$script.sql.gz" | load "$name"
        break
      fi
    done
  done
  for name in "${names[@]}"; do
    as_superuser -d "$name" -c "analyze"
  done
}

start() {
  folder="$1"
  shift
  binaries="$(find_binaries)"
  if [ -z "$binaries" ]; then install_server; binaries="$(find_binaries)"; fi
  [ -n "$binaries" ] || fail "PostgreSQL was installed but its programs are nowhere to be found"
  mkdir -p "$folder"
  folder="$(cd "$folder" && pwd)"
  [ ! -e "$folder/data" ] || fail "there is a server in $folder already"
  port="$(choose_port)"
  if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
  printf '%s' "$password" > "$folder/password"
  chmod 644 "$folder/password"
  as_user "$binaries/initdb" -D "$folder/data" -U postgres -E UTF8 --locale=C --auth=trust \
    --pwfile="$folder/password" >"$folder/initdb.log" || fail "initdb failed, see $folder/initdb.log"
  configure "$folder" "$port"
  if [ "$(id -u)" = 0 ]; then chown -R postgres "$folder"; fi
  as_user "$binaries/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 start >/dev/null \
    || { tail -5 "$folder/log" >&2; fail "the server did not start"; }
  if [ $# -gt 0 ]; then load_scripts "$@"; else load_all; fi
  echo "postgres://postgres:$password@localhost:$port/postgres" > "$folder/url"
  cat "$folder/url"
}

stop() {
  local folder="$1" binaries
  [ -d "$folder" ] || return 0
  folder="$(cd "$folder" && pwd)"
  binaries="$(find_binaries)"
  if [ -f "$folder/data/postmaster.pid" ]; then
    as_user "$binaries/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null || say "could not stop the server in $folder"
  fi
  rm -rf "$folder"
}

case "${1:-}" in
  start)
    [ $# = 2 ] || [ $# -ge 4 ] || fail "usage: postgres.sh start FOLDER [DATABASE SCRIPT...]"
    shift
    start "$@"
    ;;
  stop) [ $# = 2 ] || fail "usage: postgres.sh stop FOLDER"; stop "$2" ;;
  check)
    [ -n "$(find_binaries)" ] || { command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }
    ;;
  run)
    shift
    # Not below the repository: its folders may be closed to the user that the server runs as.
    folder="$(mktemp -d)"
    chmod 755 "$folder"
    trap 'stop "$folder/server"; rmdir "$folder" 2>/dev/null || true' EXIT
    url="$("$0" start "$folder/server" | tail -1)"
    ISOGLOSS_TEST_POSTGRES="$url" ISOGLOSS_TEST_POSTGRES_CA="$folder/server/ca.crt" "$@"
    ;;
  *) fail "usage: postgres.sh start|stop FOLDER, or postgres.sh run COMMAND..." ;;
esac
