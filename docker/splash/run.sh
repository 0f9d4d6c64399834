#!/usr/bin/env bash
# Runs Splash until it is told to stop: `run.sh FOLDER [PORT [ADDRESS]]`, with what install.sh made
# in FOLDER. Prints its address when it answers; what it logs goes to standard error.
#
# It listens on 127.0.0.1 only, unless another address is given (a container's own): whoever reaches
# it can have it fetch what he likes. One that ends, or stands still, is followed by another; each is
# in a process group of its own, and has SPLASH_MEMORY_KB of address space (3 GB) at most.
set -uo pipefail

folder=${1:?usage: run.sh FOLDER [PORT [ADDRESS]]}
port=${2:-8050}
address=${3:-127.0.0.1}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
server=

stop() {
  trap - TERM INT EXIT
  [ -n "$server" ] && kill -KILL -- "-$server" 2>/dev/null
  exit "${1:-0}"
}
trap stop TERM INT
trap 'stop 1' EXIT

tell_when_it_answers() {
  for _ in {1..120}; do
    if curl --silent --fail --max-time 2 "http://$address:$port/_ping" >/dev/null; then
      echo "http://$address:$port"
      return
    fi
    sleep 0.25
  done
}

ulimit -v "${SPLASH_MEMORY_KB:-3000000}"
told=
while :; do
  setsid "$folder/bin/python" "$here/serve.py" \
    --ip "$address" --port "$port" --slots 4 --max-timeout 60 --maxrss 1500 \
    --browser-engines webkit --allowed-schemes http,https,data \
    --disable-browser-caches --disable-ui --disable-xvfb \
    --dont-log-args lua_source,headers --verbosity 0 >&2 &
  server=$!
  [ -z "$told" ] && tell_when_it_answers && told=1
  wait "$server"
  echo "Splash ended with status $?; another one is started." >&2
  sleep 1
done
