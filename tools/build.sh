#!/usr/bin/env bash
# Builds the web files and the program: tools/build.sh BUILD_FOLDER ON|OFF(tests) [target ...]
set -euo pipefail
cd "$(dirname "$0")/.."
build=$1 tests=$2
shift 2
stamp=web/dist/.built
if [ ! -f "$stamp" ] || [ -n "$(find web/ui web/islands web/build web/package-lock.json -newer "$stamp" -type f | head -1)" ]; then
  . tools/node.sh
  (cd web && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --loglevel=error && npm run build --silent)
  touch "$stamp"
fi
[ -f "$build/build.ninja" ] || cmake -G Ninja -B "$build" -DMADANG_TESTS="$tests" . >/dev/null
ninja -C "$build" "$@"
