#!/bin/sh
# What a container runs: a command of newsarchive, or `prepare`, which makes the archive where there
# is none and brings one that is there to this version's schema.
set -eu

if [ "${1:-}" = prepare ]; then
  newsarchive init || exec newsarchive upgrade
  exit
fi
exec newsarchive "$@"
