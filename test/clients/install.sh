#!/usr/bin/env bash
# Installs the clients that test/clients runs, each from the registry that it is published in: those of the system with apt
# where that may be done, the others into node_modules/.cache/clients. What cannot be had in a minute is left out, and so
# is its test, with a reason: a registry that is down is no failure of ours.
set -uo pipefail
cd "$(dirname "$0")/../.."
cache=$PWD/node_modules/.cache/clients
programs=$PWD/test/clients/programs
mkdir -p "$cache"

within_a_minute() {
  local what=$1 log
  shift
  log=$(mktemp)
  timeout 60 "$@" >"$log" 2>&1 || echo "$what could not be installed, its test is left out: $(tail -n 1 "$log")"
  rm -f "$log"
}
has() { command -v "$1" >/dev/null; }

packages() { apt-get update -qq && apt-get install -y -qq --no-install-recommends mariadb-client sysbench; }
export -f packages
if ! { has mariadb && has mariadb-dump && has sysbench; } && has apt-get && [ "$(id -u)" = 0 ]; then
  within_a_minute 'mariadb and sysbench' bash -c packages &
fi

pymysql() {
  python3 -m venv "$cache/venv" && "$cache/venv/bin/pip" install -q 'PyMySQL[rsa]==1.2.4' && touch "$cache/venv/ready"
}
export -f pymysql
export cache programs
if has python3 && [ ! -e "$cache/venv/ready" ]; then within_a_minute PyMySQL bash -c pymysql & fi

jar=mysql-connector-j-9.5.0.jar
connector() {
  mvn -q -B -C org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact=com.mysql:mysql-connector-j:9.5.0 -DoutputDirectory="$cache/download" &&
    echo "f2ca3dfaf00d4aa311470db7ea3051962944ba0cb60005a2f75467549c39f425  $cache/download/$jar" | sha256sum -c &&
    mv "$cache/download/$jar" "$cache/connector-j.jar"
}
export -f connector
export jar
if has mvn && has javac && [ ! -e "$cache/connector-j.jar" ]; then within_a_minute 'Connector/J' bash -c connector & fi

if has go && [ ! "$cache/go-sql-driver" -nt "$programs/go/main.go" ]; then
  within_a_minute 'go-sql-driver' bash -c 'cd "$programs/go" && go build -o "$cache/go-sql-driver" .' &
fi
wait
exit 0
