#!/usr/bin/env bash
# A Spark Connect server for the tests, out of a Python package, in a folder of its own.
#
#   tests/scripts/spark.sh run sail COMMAND...    Sail (pysail): no Java, up in a second
#   tests/scripts/spark.sh run spark COMMAND...   Apache Spark itself (pyspark): needs Java 17, up in some twenty seconds
#
# The command runs with ISOGLOSS_TEST_SPARK set to the server's address. ISOGLOSS_TEST_SPARK_HOME keeps the package between runs.
set -euo pipefail
say() { printf 'spark.sh: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

[ "${1:-}" = run ] && [ $# -ge 3 ] || fail "usage: spark.sh run sail|spark COMMAND..."
kind="$2"
shift 2
folder="$(mktemp -d)"
home="${ISOGLOSS_TEST_SPARK_HOME:-$folder}"
server=""
stop() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap stop EXIT

package() {
  if [ ! -x "$home/venv-$1/bin/python" ]; then
    say "installing $2"
    python3 -m venv "$home/venv-$1"
    "$home/venv-$1/bin/pip" install -q "$2" >&2 || fail "could not install $2"
  fi
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

port="$(free_port)"
case "$kind" in
  sail)
    package sail "pysail==0.7.2"
    "$home/venv-sail/bin/sail" spark server --ip 127.0.0.1 --port "$port" > "$folder/log" 2>&1 &
    ;;
  spark)
    command -v java >/dev/null || fail "Spark needs Java 17"
    package spark "pyspark[connect]==4.2.1"
    python="$home/venv-spark/bin/python"
    SPARK_HOME="$("$python" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')"
    export SPARK_HOME
    "$SPARK_HOME/bin/spark-submit" --master 'local[2]' --conf "spark.connect.grpc.binding.port=$port" --conf spark.ui.enabled=false \
      --conf "spark.sql.warehouse.dir=$folder/warehouse" --conf spark.driver.bindAddress=127.0.0.1 --conf spark.driver.host=127.0.0.1 \
      --class org.apache.spark.sql.connect.service.SparkConnectServer spark-internal > "$folder/log" 2>&1 &
    ;;
  *) fail "sail or spark, not $kind" ;;
esac
server=$!
for _ in $(seq 240); do
  if answers "$port"; then break; fi
  kill -0 "$server" 2>/dev/null || { tail -20 "$folder/log" >&2; fail "the server did not start"; }
  sleep 0.5
done
answers "$port" || { tail -20 "$folder/log" >&2; fail "the server does not answer"; }
say "$kind answers on port $port"
export ISOGLOSS_TEST_SPARK="sc://127.0.0.1:$port/;user_id=isogloss"
"$@"
