#!/bin/sh
# Runs the compiler of a precompiled header (its arguments) without the one of before. Where that still
# lies there, ccache takes it for a header that is used: it remembers the new one under the old one's
# octets and not under what it was made of, and may give back one that no longer fits.
for argument in "$@"; do
  [ "$before" = -o ] && rm -f "$argument"
  before=$argument
done
exec "$@"
