#!/usr/bin/env bash
# PostgreSQL: with enable_seqscan off, reading a table of one row is compiled to machine code, each time anew.
#
# One would guess that a statement that takes 0.1 ms is never compiled: jit_above_cost is 100,000, and the
# statement's cost is about 15. So it is, until a connection turns enable_seqscan off to get index plans: the
# planner then adds 10,000,000,000 to a scan that it can't avoid (a small table without an index that fits, or with
# no condition at all). The sum is above jit_above_cost, so every execution compiles the statement first.
# Seen with PostgreSQL 15 (Debian), where jit is on by default: about a hundred times the time, all of it CPU.
#
# Why it matters: a service that looks at one row once a second on each of its connections pays a tenth of a core
# for it. Dovetail turns jit off on its connections.
#
# Needs Debian's postgresql with its LLVM part (in the same package); runs as root (as the user "postgres") or as
# anybody else. Fails if this changes.
set -euo pipefail
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
folder=$(mktemp -d)
as=()
if [ "$(id -u)" = 0 ]; then
  chown postgres "$folder"
  as=(setpriv --reuid=postgres --regid=postgres --clear-groups)
fi
cd "$folder"
finish() {
  "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap finish EXIT
port=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')
"${as[@]}" "$bin/initdb" -D "$folder/data" -U finder --auth=trust --no-sync >/dev/null
timeout 60 "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" \
  -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder" start >/dev/null
ask() { timeout 60 "$bin/psql" -XAtq -h 127.0.0.1 -p "$port" -U finder postgres -c "$1" -c "$2" -c "$3"; }
ask 'CREATE TABLE one (id int, name text)' "INSERT INTO one VALUES (1, 'one')" 'ANALYZE one'
statement="EXPLAIN ANALYZE SELECT id, name || 'x' FROM one WHERE name <> 'two'"
on=$(ask 'SET enable_seqscan = on' "$statement" "$statement")
off=$(ask 'SET enable_seqscan = off' "$statement" "$statement")
"$bin/postgres" --version
echo 'enable_seqscan on:'; grep 'Execution Time' <<<"$on"
echo 'enable_seqscan off:'; grep -E 'Execution Time|Functions:' <<<"$off"
if grep -q '^JIT:' <<<"$on"; then echo 'it is compiled without the setting, too'; exit 1; fi
[ "$(grep -c '^JIT:' <<<"$off")" = 2 ] || { echo 'it is not compiled at each execution any more'; exit 1; }
echo 'compiled at each execution'
