#!/usr/bin/env bash
# The clients of OpenLineage that others use, out of Python packages: its Python client, and dbt-ol, which tells of runs of dbt.
#
#   tests/scripts/openlineage.sh run COMMAND...   runs the command with ISOGLOSS_TEST_OPENLINEAGE set to the folder of their programs
#   tests/scripts/openlineage.sh check            succeeds if they are installed, or can be without asking
set -euo pipefail
repository="$(cd "$(dirname "$0")/../.." && pwd)"
say() { printf 'openlineage.sh: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
. "$(dirname "$0")/tools.sh"

case "${1:-}" in
  check) has_python ;;
  run)
    [ $# -ge 2 ] || fail "usage: openlineage.sh run COMMAND..."
    shift
    # Newer versions of dbt fetch a part of themselves from elsewhere while they are installed.
    package openlineage "openlineage-dbt==1.54.0" "dbt-core<1.12"
    ISOGLOSS_TEST_OPENLINEAGE="$tools/openlineage/bin" "$@"
    ;;
  *) fail "usage: openlineage.sh run COMMAND..., or openlineage.sh check" ;;
esac
