#!/usr/bin/env bash
# Installs the Debian packages named in the given lists that are not there yet.
set -euo pipefail
missing=()
for list in "$@"; do
  for package in $(grep -v '^#' "$list"); do
    # A node of another source counts as well.
    case "$package" in
      nodejs) command -v node >/dev/null && continue ;;
      npm) command -v npm >/dev/null && continue ;;
      default-jdk-headless) command -v javac >/dev/null && continue ;;
    esac
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
done
[ ${#missing[@]} -eq 0 ] && exit 0
echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
as=()
[ "$(id -u)" = 0 ] || as=(sudo)
"${as[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
