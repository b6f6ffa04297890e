#!/usr/bin/env bash
# The steps of the action: `run.sh install` finds the program, `run.sh audit` runs it. Inputs come as AUDIT_*
# variables, never as text of this script. It keeps to what bash 3.2 knows, which macOS has.
set -euo pipefail

# A line break in a message would begin a command of its own.
fail() {
  local text=${*//[%]/%25}
  text=${text//$'\r'/%0D}
  echo "::error title=clerk-audit::${text//$'\n'/%0A}" >&2
  exit 2
}

# A line break in a value would write a second output.
output() {
  case $2 in *$'\n'*) fail "the value of $1 holds a line break" ;; esac
  echo "$1=$2" >>"$GITHUB_OUTPUT"
}

target() {
  case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
    Linux-X64) echo x86_64-unknown-linux-musl ;;
    Linux-ARM64) echo aarch64-unknown-linux-musl ;;
    macOS-X64) echo x86_64-apple-darwin ;;
    macOS-ARM64) echo aarch64-apple-darwin ;;
    Windows-X64) echo x86_64-pc-windows-msvc ;;
    *) fail "there is no release for ${RUNNER_OS:-?} on ${RUNNER_ARCH:-?}; build one and name it with path:" ;;
  esac
}

# The version of the action is that of the repository it lies in.
own_version() {
  sed -n 's/^version = "\(.*\)"$/\1/p' "$GITHUB_ACTION_PATH/../../../Cargo.toml" | head -n 1
}

digest() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

download() {
  # `file` is for a mirror on the machine itself; a redirect never leads there.
  curl --proto '=https,file' --proto-redir '=https' --tlsv1.2 --fail --silent --show-error --location \
    --retry 3 --max-time 300 --output "$2" "$1" || fail "cannot download $1"
}

install() {
  if [ -n "${AUDIT_PATH:-}" ]; then
    local binary
    binary=$(command -v -- "$AUDIT_PATH") || fail "path: $AUDIT_PATH is not a program"
    output binary "$binary"
    return
  fi
  local version=${AUDIT_VERSION:-}
  version=${version#v}
  [ -n "$version" ] || version=$(own_version)
  [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || fail "version: $version is not one such as 0.1.0"

  local target name folder suffix=''
  target=$(target)
  name=clerk-audit-$version-$target
  folder=$RUNNER_TEMP/clerk-audit-$version
  mkdir -p "$folder"
  download "$AUDIT_RELEASES/v$version/SHA256SUMS" "$folder/SHA256SUMS"
  download "$AUDIT_RELEASES/v$version/$name.tar.gz" "$folder/$name.tar.gz"
  local wanted
  wanted=$(awk -v name="$name.tar.gz" '$2 == name || $2 == "*" name { print $1 }' "$folder/SHA256SUMS")
  [ -n "$wanted" ] || fail "SHA256SUMS of $version does not name $name.tar.gz"
  [ "$wanted" = "$(digest "$folder/$name.tar.gz")" ] || fail "$name.tar.gz is not what SHA256SUMS says; it was not unpacked"

  (cd "$folder" && tar -xzf "$name.tar.gz")
  [ "${RUNNER_OS:-}" != Windows ] || suffix=.exe
  output binary "$folder/$name/clerk-audit$suffix"
}

# Appends an option for each line of a text.
each_line() {
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    [ -z "$line" ] || command+=("${1:+$1=}$line")
  done <<<"$2"
}

switch() {
  case $2 in
    true) command+=("--$1") ;;
    '' | false) ;;
    *) fail "$1: $2 is neither true nor false" ;;
  esac
}

audit() {
  # GitHub takes no summary above 1 MiB.
  local largest=1000000 summary='' sarif=${AUDIT_SARIF:-} code=0
  command=("$AUDIT_BINARY")
  each_line --target "${AUDIT_TARGET:-}"
  each_line --url "${AUDIT_URL:-}"
  each_line --env-file "${AUDIT_ENV_FILE:-}"
  each_line --fail-on "${AUDIT_FAIL_ON:-}"
  each_line --format "${AUDIT_FORMAT:-}"
  each_line --output "${AUDIT_OUTPUTS:-}"
  each_line '' "${AUDIT_ARGS:-}"
  switch strict "${AUDIT_STRICT:-}"
  switch offline "${AUDIT_OFFLINE:-}"
  [ "${AUDIT_UPLOAD:-}" != true ] || sarif=${sarif:-$RUNNER_TEMP/clerk-audit.sarif}
  [ -z "$sarif" ] || command+=("--output=sarif=$sarif")
  if [ "${AUDIT_SUMMARY:-true}" = true ] && [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    summary=$RUNNER_TEMP/clerk-audit-summary.md
    command+=("--output=markdown=$summary")
  fi
  command+=(-- "${AUDIT_DIRECTORY:-.}")

  # The inputs are no part of the environment that is judged.
  local name
  for name in ${!AUDIT_@}; do export -n "${name?}"; done
  # The program would add the summary by itself, whatever the input says.
  (unset GITHUB_STEP_SUMMARY && "${command[@]}") || code=$?

  if [ -n "$summary" ] && [ -f "$summary" ]; then
    head -c "$largest" "$summary" >>"$GITHUB_STEP_SUMMARY"
    rm -f "$summary"
  fi
  output exit-code "$code"
  # A run that ended early wrote no report, and an old one is not uploaded in its place.
  case $code in
    0 | 1 | 3) [ -z "$sarif" ] || output sarif "$sarif" ;;
  esac
  return "$code"
}

case ${1:-} in
  install) install ;;
  audit) audit ;;
  *) fail "run.sh install, or run.sh audit" ;;
esac
