#!/usr/bin/env bash
# Runs the built test projects, shows failures in full, and closes with one line for the whole run: N passed, N failed, N skipped.
# run.sh [PROJECT...]: all of tests/*.Tests, or those named, as: tests/run.sh Streams.Tests
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if [ $# -eq 0 ]; then
  set --
  for folder in tests/*.Tests; do set -- "$@" "$(basename "$folder")"; done
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0 skipped=0 broken=0
for project in "$@"; do
  dll=tests/$project/bin/Release/net10.0/TweetStreams.$project.dll
  started=$SECONDS
  if [ -e "$dll" ]; then dotnet exec "$dll" -noLogo -noColor -noAutoReporters >"$log" 2>&1; code=$?
  else echo "$dll was not built" >"$log"; code=127; fi
  # "   TweetStreams.X.Tests  Total: 9, Errors: 0, Failed: 1, Skipped: 2, Not Run: 0, Time: 1.2s"
  if [[ $(grep -E "^ +TweetStreams\.$project +Total: " "$log" | tail -n 1) =~ Total:\ ([0-9]+),\ Errors:\ ([0-9]+),\ Failed:\ ([0-9]+),\ Skipped:\ ([0-9]+),\ Not\ Run:\ ([0-9]+) ]]; then
    total=${BASH_REMATCH[1]} errors=${BASH_REMATCH[2]} bad=${BASH_REMATCH[3]} left=${BASH_REMATCH[4]} notrun=${BASH_REMATCH[5]}
    good=$((total - bad - left - notrun))
    # An error is a failure outside any test: of a fixture, or in cleaning up.
    bad=$((bad + errors))
    ran=$((total - notrun))
  else
    good=0 bad=0 left=0 ran=0
  fi
  # A project that crashed, or ran nothing, has failed, whatever its tests say.
  if [ "$ran" -eq 0 ] || { [ "$code" -ne 0 ] && [ "$bad" -eq 0 ]; }; then
    echo "$project: ran $ran tests and ended with exit code $code"
    broken=$((broken + 1))
    bad=$((bad + 1))
    cat "$log"
  elif [ "$bad" -gt 0 ]; then cat "$log"
  else grep -A 1 -F '[SKIP]' "$log" | grep -v '^--$'; fi
  printf '%-18s %4d passed %3d failed %3d skipped %5d s\n' "$project" "$good" "$bad" "$left" "$((SECONDS - started))"
  passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + left))
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$broken" -eq 0 ] && [ "$passed" -gt 0 ]
