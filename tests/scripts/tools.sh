# Sourced by the scripts beside it: programs out of Python packages, kept in a folder of their own between runs.
#
# ISOGLOSS_TEST_TOOLS names the folder; `tools` in the target folder if it does not.
tools="${ISOGLOSS_TEST_TOOLS:-${CARGO_TARGET_DIR:-$repository/target}/tools}"

# Succeeds if packages can be installed.
has_python() {
  command -v python3 >/dev/null && python3 -c 'import ensurepip, venv' 2>/dev/null
}

# Installs packages into an environment of their own, once: package NAME REQUIREMENT...
package() {
  local environment="$tools/$1"
  shift
  if [ -f "$environment/installed" ] && [ "$(cat "$environment/installed")" = "$*" ]; then return; fi
  has_python || fail "$* are Python packages, and there is no python3 with venv"
  say "installing $*"
  rm -rf "$environment"
  mkdir -p "$tools"
  { python3 -m venv "$environment" \
    && "$environment/bin/pip" install -q --disable-pip-version-check --retries 8 "$@"; } >&2 || fail "could not install $*"
  printf '%s' "$*" > "$environment/installed"
}
