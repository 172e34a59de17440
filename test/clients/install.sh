#!/usr/bin/env bash
# Installs the clients that test/clients runs, and the server of S3 that test/remote/s3 runs, each from the registry that it
# is published in: those of the system with apt where that may be done, object mappers beside their tests, the others into
# node_modules/.cache/clients. What cannot be had in three minutes is left out, and so is its test, with a reason: a
# registry that is down is no failure of ours.
set -uo pipefail
cd "$(dirname "$0")/../.."
cache=$PWD/node_modules/.cache/clients
programs=$PWD/test/clients/programs
mkdir -p "$cache"

within_minutes() {
  local what=$1 log
  shift
  log=$(mktemp)
  timeout 180 "$@" >"$log" 2>&1 || echo "$what could not be installed, its test is left out: $(tail -n 1 "$log")"
  rm -f "$log"
}
has() { command -v "$1" >/dev/null; }

packages() { apt-get update -qq && apt-get install -y -qq --no-install-recommends mariadb-client sysbench; }
export -f packages
if ! { has mariadb && has mariadb-dump && has sysbench; } && has apt-get && [ "$(id -u)" = 0 ]; then
  within_minutes 'mariadb and sysbench' bash -c packages &
fi

pymysql() {
  python3 -m venv "$cache/venv" && "$cache/venv/bin/pip" install -q 'PyMySQL[rsa]==1.2.4' && touch "$cache/venv/ready"
}
export -f pymysql
export cache programs
if has python3 && [ ! -e "$cache/venv/ready" ]; then within_minutes PyMySQL bash -c pymysql & fi

moto() {
  # What moto[server] asks for besides is for other services than S3.
  python3 -m venv "$cache/moto" && "$cache/moto/bin/pip" install -q 'moto[s3]==5.2.5' 'flask==3.1.3' 'flask-cors==6.0.5' &&
    touch "$cache/moto/ready"
}
export -f moto
if has python3 && [ ! -e "$cache/moto/ready" ]; then within_minutes 'moto, a server of S3,' bash -c moto & fi

jar=mysql-connector-j-9.5.0.jar
connector() {
  mvn -q -B -C org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy \
    -Dartifact=com.mysql:mysql-connector-j:9.5.0 -DoutputDirectory="$cache/download" &&
    echo "f2ca3dfaf00d4aa311470db7ea3051962944ba0cb60005a2f75467549c39f425  $cache/download/$jar" | sha256sum -c &&
    mv "$cache/download/$jar" "$cache/connector-j.jar"
}
export -f connector
export jar
if has mvn && has javac && [ ! -e "$cache/connector-j.jar" ]; then within_minutes 'Connector/J' bash -c connector & fi

if has go && [ ! "$cache/go-sql-driver" -nt "$programs/go/main.go" ]; then
  within_minutes 'go-sql-driver' bash -c 'cd "$programs/go" && go build -o "$cache/go-sql-driver" .' &
fi
mappers=$PWD/test/clients/mappers
mappers() {
  cd "$mappers" && npm ci --ignore-scripts --no-audit --no-fund --silent && touch node_modules/ready || return
  # Generating the client needs no engine, but Prisma downloads one that makes schemas unless it is told of one.
  PRISMA_SCHEMA_ENGINE_BINARY=/bin/true node_modules/.bin/prisma generate
}
export -f mappers
export mappers
if [ ! "$mappers/node_modules/ready" -nt "$mappers/package-lock.json" ]; then
  within_minutes 'the object mappers' bash -c mappers &
fi
wait
exit 0
