#!/usr/bin/env bash
# Takes the pictures of the README anew, out of the journeys: tools/pictures.sh [build folder]
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/node.sh
taken=$(mktemp -d)
trap 'rm -rf "$taken"' EXIT
for journey in certificate moving reach benefits claims workshop figures permits eungdapso disclosure certification signon transparency wallet access archive sharing petitions; do
  MADANG_PROGRAM=$PWD/${1:-build-test}/madang MADANG_PICTURES=$taken node --test "journeys/$journey.test.mjs" >"$taken/log" || {
    cat "$taken/log" >&2
    echo "The journey $journey failed; the pictures are as they were." >&2
    exit 1
  }
done
mkdir -p docs/pictures
for name in home question-phone issued-phone consent-phone move-address desk my-data paper-offline-phone benefits-results-phone \
  claims-mine-phone claims-apply-phone claims-record-phone claims-desk workshop-draft-changed decision-graph-phone permit-procedure-phone permit-licences-phone eungdapso-map-phone eungdapso-crew-one-phone disclosure-paper disclosure-decided-phone \
  certification-issued-phone signon-consent-ko-phone log-proof-checked-ko wallet-consent-ko access-order-ko archive-record-ko sharing-screen petitions-seconding-phone petitions-recount; do
  cp "$taken/$name.png" docs/pictures/
done
