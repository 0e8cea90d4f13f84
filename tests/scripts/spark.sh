#!/usr/bin/env bash
# Spark Connect servers for the tests, out of Python packages, on free ports of 127.0.0.1.
#
#   tests/scripts/spark.sh run sail COMMAND...    Sail (pysail): no Java, up in a second
#   tests/scripts/spark.sh run spark COMMAND...   Apache Spark itself (pyspark): needs Java 17 or 21, up in some twenty seconds
#   tests/scripts/spark.sh run both COMMAND...    one of each
#   tests/scripts/spark.sh check KIND             succeeds if it is installed, or can be without asking
#
# The command runs with ISOGLOSS_TEST_SPARK set to the servers' addresses, with a space between.
set -euo pipefail
repository="$(cd "$(dirname "$0")/../.." && pwd)"
say() { printf 'spark.sh: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
. "$(dirname "$0")/tools.sh"

java_works() { command -v java >/dev/null && java -version 2>&1 | grep -qE 'version "(17|21)'; }

install_java() {
  java_works && return
  command -v apt-get >/dev/null || fail "Spark needs Java 17 or 21, and there is no apt-get to install it with"
  local as_root=""
  if [ "$(id -u)" != 0 ]; then
    sudo -n true 2>/dev/null || fail "Spark needs Java 17 or 21, and only root can install it: apt-get install openjdk-17-jre-headless"
    as_root="sudo -n"
  fi
  say "installing Java"
  export DEBIAN_FRONTEND=noninteractive
  { $as_root apt-get update && $as_root apt-get install -y --no-install-recommends openjdk-17-jre-headless; } >&2 \
    || fail "could not install Java"
}

can_install_java() {
  java_works || { command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Starts a server; `server` is then its process.
start_sail() {
  package sail "pysail==0.7.2"
  "$tools/sail/bin/sail" spark server --ip 127.0.0.1 --port "$1" > "$folder/sail.log" 2>&1 &
  server=$!
}

# The server's part of the package is enough: without its Python client, which would bring three times as much.
start_spark() {
  install_java
  package spark "pyspark==4.2.1"
  SPARK_HOME="$("$tools/spark/bin/python" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')"
  export SPARK_HOME
  "$SPARK_HOME/bin/spark-submit" --master 'local[2]' --driver-memory 1g \
    --conf "spark.connect.grpc.binding.port=$1" --conf spark.connect.grpc.binding.address=127.0.0.1 \
    --conf spark.ui.enabled=false --conf spark.sql.shuffle.partitions=2 --conf "spark.sql.warehouse.dir=$folder/warehouse" \
    --conf spark.driver.bindAddress=127.0.0.1 --conf spark.driver.host=127.0.0.1 \
    --class org.apache.spark.sql.connect.service.SparkConnectServer spark-internal > "$folder/spark.log" 2>&1 &
  server=$!
}

start() {
  local kind="$1" port
  port="$(free_port)"
  "start_$kind" "$port"
  servers="$servers $server"
  for _ in $(seq 360); do
    if answers "$port"; then break; fi
    kill -0 "$server" 2>/dev/null || { tail -20 "$folder/$kind.log" >&2; fail "$kind did not start"; }
    sleep 0.5
  done
  answers "$port" || { tail -20 "$folder/$kind.log" >&2; fail "$kind does not answer"; }
  say "$kind answers on port $port"
  addresses="$addresses sc://127.0.0.1:$port/;user_id=isogloss"
}

stop() {
  for server in $servers; do
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  done
  rm -rf "$folder"
}

usage="usage: spark.sh run sail|spark|both COMMAND..., or spark.sh check sail|spark|both"
[ $# -ge 2 ] || fail "$usage"
case "$2" in
  sail) kinds="sail" ;;
  spark) kinds="spark" ;;
  both) kinds="sail spark" ;;
  *) fail "$usage" ;;
esac
case "$1" in
  check)
    has_python || exit 1
    case "$kinds" in *spark*) can_install_java ;; esac
    ;;
  run)
    [ $# -ge 3 ] || fail "$usage"
    shift 2
    folder="$(mktemp -d)"
    servers=""
    addresses=""
    trap stop EXIT
    for kind in $kinds; do start "$kind"; done
    export ISOGLOSS_TEST_SPARK="${addresses# }"
    "$@"
    ;;
  *) fail "$usage" ;;
esac
