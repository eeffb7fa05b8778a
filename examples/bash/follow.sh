#!/usr/bin/env bash
# Follows a channel: a page by REST, then an event stream from its cursor, without a gap and without a repeat.
#
#   ./follow.sh http://localhost:4600 chat:general
#
# Needs curl and jq. It comes back from every cut by its cursor, and gets a fresh token where the old one has expired.
# Prints a line of JSON for each record: the page's first, then each change as it comes.
set -uo pipefail
base=$1 channel=$2
token='' cursor=''

# A guest's own token gives a fresh one for the same guest.
renew() {
  token=$(curl -sf -X POST ${token:+-H "authorization: Bearer $token"} "$base/v1/guests" | jq -r .token)
}

read_page() {
  local page
  page=$(curl -sf -H "authorization: Bearer $token" "$base/v1/channels/$channel/messages?limit=50") || return
  jq -c '.records[]' <<<"$page"
  cursor=$(jq -r .cursor <<<"$page")
}

# One event: its name, its id (which is the cursor after it) and its data.
receive() {
  case $1 in
    changes)
      jq -c '.changes[] | select(.collection == "messages") | .record' <<<"$3"
      cursor=$2
      ;;
    reset) cursor='' ;; # what is held is void: read the page again
    ended)
      echo "the channel ended: $3" >&2
      exit 1
      ;;
  esac
}

# One stream, until it ends. A stream is never silent for longer than some seconds, so silence is a dead line.
follow_once() {
  local event='' id='' data='' line
  while IFS= read -r line; do
    case $line in
      'event: '*) event=${line#event: } ;;
      'id: '*) id=${line#id: } ;;
      'data: '*) data=${line#data: } ;;
      '')
        [ -n "$data" ] && receive "$event" "$id" "$data"
        event='' id='' data=''
        [ -z "$cursor" ] && return
        ;;
    esac
  done < <(curl -sfN --speed-time 30 --speed-limit 1 -H 'accept: text/event-stream' \
    -H "authorization: Bearer $token" "$base/v1/channels/$channel/changes?after=$cursor")
}

while true; do
  # A page that is refused may mean an expired token; so may a stream that ends at once.
  [ -n "$token" ] || renew || token=''
  [ -n "$cursor" ] || read_page || renew
  [ -n "$cursor" ] && follow_once
  curl -sf -o /dev/null -H "authorization: Bearer $token" "$base/v1/me" || renew
  sleep "0.$((RANDOM % 9 + 1))"
done
