# To be sourced: a node that can build the web files is the first on PATH. Debian 12 has version 18,
# vite needs 20.19; then the one of tools/node/package-lock.json is fetched and used beside it, with an
# npm of its own: npm leaves out what does not fit the node it runs on.
node_is_new_enough() {
  command -v node >/dev/null &&
    node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || a === 20 && b >= 19 ? 0 : 1)'
}
if ! node_is_new_enough; then
  newer=$(cd "$(dirname "${BASH_SOURCE[0]}")/node" && pwd)
  ls "$newer"/node_modules/node-linux-*/bin/node >/dev/null 2>&1 ||
    (cd "$newer" && npm ci --no-audit --no-fund --loglevel=error)
  for found in "$newer"/node_modules/node-linux-*/bin; do PATH="$found:$PATH"; done
  export PATH
  npm() { node "$newer/node_modules/npm/bin/npm-cli.js" "$@"; }
  node_is_new_enough || { echo "No Node.js for this machine in tools/node; install version 20.19 or newer." >&2; exit 1; }
fi
