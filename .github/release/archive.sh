#!/usr/bin/env bash
# Packs a release: archive.sh BINARY TARGET VERSION OUT makes OUT/clerk-audit-VERSION-TARGET.tar.gz, with the
# completions and manual pages that the binary itself writes. It has to run on this machine.
set -euo pipefail

if [ $# -ne 4 ]; then
  echo "usage: archive.sh BINARY TARGET VERSION OUT" >&2
  exit 2
fi
binary=$1 target=$2 version=$3 out=$4
root=$(cd "$(dirname "$0")/../.." && pwd)

said=$("$binary" -V)
if [ "${said%$'\r'}" != "clerk-audit $version" ]; then
  echo "archive.sh: $binary says it is '$said', not clerk-audit $version" >&2
  exit 1
fi

name=clerk-audit-$version-$target
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
folder=$work/$name
mkdir -p "$folder/completions" "$folder/man" "$out"

suffix=''
case $target in *windows*) suffix=.exe ;; esac
cp "$binary" "$folder/clerk-audit$suffix"
chmod 755 "$folder/clerk-audit$suffix"
cp "$root/LICENSE" "$root/README.md" "$folder/"

"$binary" completions bash >"$folder/completions/clerk-audit.bash"
"$binary" completions zsh >"$folder/completions/_clerk-audit"
"$binary" completions fish >"$folder/completions/clerk-audit.fish"
"$binary" completions powershell >"$folder/completions/clerk-audit.ps1"
"$binary" completions elvish >"$folder/completions/clerk-audit.elv"
"$binary" completions nushell >"$folder/completions/clerk-audit.nu"

"$binary" man >"$folder/man/clerk-audit.1"
for command in checks explain attest routes triage rotate-check init schema completions man; do
  "$binary" man "$command" >"$folder/man/clerk-audit-$command.1"
done

tar -C "$work" -czf "$out/$name.tar.gz" "$name"
echo "$out/$name.tar.gz"
