#!/usr/bin/env bash
# PostgreSQL: system identifier and timeline do not identify a history.
#
# One would guess that the pair of system identifier (pg_control_system) and timeline tells whether a server
# still has the history that one knew: a promotion and a recovery to a point in time each begin a new timeline.
# So it is not, for a base backup that is started as it is, without recovery.signal or standby.signal: it goes
# through crash recovery, keeps both numbers, and writes other things at the same positions of the log, on
# the same timeline. Seen with PostgreSQL 15; the manual says that backup_label alone does not begin a timeline
# only between the lines (25.3.5 Timelines: "whenever an archive recovery completes, a new timeline is created").
#
# Why it matters: a service that binds cursors to (system, timeline) gives revisions a second time after such a
# restore. Dovetail also remembers the last transaction it saw, and takes a server that is behind for another one.
#
# Needs Debian's postgresql; runs as root (as the user "postgres") or as anybody else. Fails if this changes.
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
  for data in one two; do "${as[@]}" "$bin/pg_ctl" -D "$folder/$data" -m immediate stop >/dev/null 2>&1 || true; done
  rm -rf "$folder"
}
trap finish EXIT
free_port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'; }
start() { # folder port
  timeout 60 "${as[@]}" "$bin/pg_ctl" -D "$folder/$1" -w -l "$folder/$1.log" \
    -o "-p $2 -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder" start >/dev/null
}
ask() { # port statement
  timeout 30 "$bin/psql" -XAtq -h 127.0.0.1 -p "$1" -U finder postgres -c "$2"
}
identity="SELECT system_identifier || ' ' || left(pg_walfile_name(pg_current_wal_lsn()), 8) FROM pg_control_system()"
one=$(free_port)
"${as[@]}" "$bin/initdb" -D "$folder/one" -U finder --auth=trust --no-sync >/dev/null
start one "$one"
ask "$one" 'CREATE TABLE log (entry text)'
timeout 120 "${as[@]}" "$bin/pg_basebackup" -h 127.0.0.1 -p "$one" -U finder -D "$folder/two" -X stream -c fast --no-sync
ask "$one" "INSERT INTO log VALUES ('acknowledged, and not in the backup')"
two=$(free_port)
start two "$two"
ask "$two" "INSERT INTO log VALUES ('another one')"
echo "first server:  $(ask "$one" "$identity"), has: $(ask "$one" 'TABLE log')"
echo "its backup:    $(ask "$two" "$identity"), has: $(ask "$two" 'TABLE log')"
[ "$(ask "$one" "$identity")" = "$(ask "$two" "$identity")" ] || { echo 'they tell themselves apart now'; exit 1; }
[ "$(ask "$one" 'TABLE log')" != "$(ask "$two" 'TABLE log')" ] || { echo 'they have the same history'; exit 1; }
echo 'two histories under one system identifier and one timeline'
