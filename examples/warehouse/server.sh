#!/usr/bin/env bash
# The warehouse of the example: a private PostgreSQL with the database `harbour`, on port 54320 of 127.0.0.1.
#
#   examples/warehouse/server.sh start   starts it with tables, models, rows and some hundred queries of its users
#   examples/warehouse/server.sh stop    stops it and removes its files
#
# ISOGLOSS_POSTGRES_PORT is another port (then change `url` in isogloss.toml too).
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
postgres="$here/../../tests/scripts/postgres.sh"
# Not below the repository: its folders may be closed to the user that the server runs as.
folder="${TMPDIR:-/tmp}/isogloss-warehouse"
export ISOGLOSS_POSTGRES_PORT="${ISOGLOSS_POSTGRES_PORT:-54320}"

start() {
  if [ -e "$folder" ]; then
    echo "stopping what $folder holds of an earlier start" >&2
    "$postgres" stop "$folder"
  fi
  local name scripts=()
  for name in roles tables rows models usage; do scripts+=("$here/$name.sql"); done
  "$postgres" start "$folder" harbour "${scripts[@]}" >/dev/null || { "$postgres" stop "$folder"; exit 1; }
  echo "postgres://reader:reader@localhost:$ISOGLOSS_POSTGRES_PORT/harbour"
}

case "${1:-}" in
  start) start ;;
  stop) "$postgres" stop "$folder" ;;
  *) echo "usage: server.sh start|stop" >&2; exit 2 ;;
esac
