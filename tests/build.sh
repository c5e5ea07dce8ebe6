#!/usr/bin/env bash
# build.sh PROJECT [OPTION...]: restores and builds for release; says nothing where all is well, everything where it is not.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
command -v dotnet >/dev/null || { echo "dotnet is not on the PATH: install the .NET 10 SDK, https://dotnet.microsoft.com/download" >&2; exit 1; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! dotnet build "$@" -c Release -v quiet -consoleLoggerParameters:NoSummary >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
