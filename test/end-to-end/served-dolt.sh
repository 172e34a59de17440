#!/bin/sh
# dolt as transcripts call it, but a server runs in every repository where a command runs: it starts before the first one and
# stays. What a server forbids (checkout) and what is no business of it stops it for the time. $DOLT is the command itself,
# $SERVERS a folder for logs and process ids.
place=$SERVERS/$(pwd | cksum | tr ' ' -)

stop() {
  [ -f "$place.pid" ] || return 0
  read -r pid < "$place.pid"
  rm "$place.pid"
  kill "$pid" && while kill -0 "$pid" 2> "$place.gone"; do sleep 0.02; done
}

start() {
  [ -f "$place.pid" ] && return 0
  "$DOLT" sql-server --host 127.0.0.1 --port 0 > "$place.log" 2>&1 < /dev/null &
  echo $! > "$place.pid"
  while kill -0 $! && [ ! -f .dolt/sql-server.info ]; do sleep 0.02; done
}

case $1 in
  checkout | sql-server) stop ;;
  init | clone | config | help | version | -*) ;;
  *) [ -f .dolt/noms/manifest ] && start ;;
esac
exec "$DOLT" "$@"
