#!/usr/bin/env bash
# Prints a `protoc` to build the feature `spark` with: that of PROTOC, of the PATH, or of a Python package.
#
#   tests/scripts/protoc.sh         prints its path, and installs it where there is none
#   tests/scripts/protoc.sh check   succeeds if there is one, or one can be installed without asking
set -euo pipefail
repository="$(cd "$(dirname "$0")/../.." && pwd)"
say() { printf 'protoc.sh: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
. "$(dirname "$0")/tools.sh"

found="${PROTOC:-$(command -v protoc || true)}"
if [ "${1:-}" = check ]; then
  [ -n "$found" ] || has_python
  exit
fi
if [ -z "$found" ]; then
  package protoc "grpcio-tools==1.85.1"
  found="$tools/protoc/protoc"
  printf '#!/bin/sh\nexec "%s" -m grpc_tools.protoc "$@"\n' "$tools/protoc/bin/python" > "$found.new"
  chmod +x "$found.new"
  # Only once: what was built with it is built anew when it changes.
  cmp -s "$found.new" "$found" || cp "$found.new" "$found"
fi
echo "$found"
