#!/usr/bin/env bash
# Installs what some tests use beside the SDK, where the machine is Debian's and the user is root. Without it these tests are skipped, and say so.
set -uo pipefail
[ -e /etc/debian_version ] && [ "$(id -u)" -eq 0 ] || exit 0
# command  package
tools='
chromium chromium
'
missing=()
while read -r command package; do
  [ -z "$command" ] || command -v "$command" >/dev/null || missing+=("$package")
done <<<"$tools"
[ ${#missing[@]} -gt 0 ] || exit 0
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
{ apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null || { echo "${missing[*]} could not be installed; tests that use it are skipped:" >&2; tail -n 2 "$log" >&2; }
exit 0
