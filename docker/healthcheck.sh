#!/bin/sh
# Whether a container is well: that URL answers, or without one, that the archive can be worked with.
# `healthcheck.sh [URL]`
set -eu

if [ $# -gt 0 ]; then
  exec python -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1], timeout=10)' "$1"
fi
exec newsarchive doctor --offline
