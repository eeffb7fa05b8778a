#!/usr/bin/env bash
# Follows a channel: a page by REST, then an event stream from its cursor, without a gap and without a repeat.
#
#   ./follow.sh http://localhost:4600 chat:general
#
# Needs curl and jq. It comes back from every cut by its cursor, and gets a fresh token where the old one has expired.
# Prints a line of JSON for each record: the page's first, then each change as it comes; {"reset":true} says that all
# lines before it are void.
set -uo pipefail
base=$1 channel=$2
token=${DOVETAIL_TOKEN:-} cursor='' reached=0

# With --retry, curl waits for as long as a 429 or 503 says in Retry-After.
ask() {
  curl -sf --retry 5 ${token:+-H "authorization: Bearer $token"} "$@"
}

# A guest's own token gives a fresh one for the same guest.
renew() {
  local fresh
  fresh=$(ask -X POST "$base/v1/guests" | jq -re .token) && token=$fresh
}

read_page() {
  local page
  page=$(ask "$base/v1/channels/$channel/messages?limit=50") || return
  jq -c '.records[]' <<<"$page"
  cursor=$(jq -r .cursor <<<"$page") reached=0
}

# One event: its name, its id (which is the cursor after it) and its data.
receive() {
  case $1 in
    changes)
      # What was there before is not printed again, should an event come twice.
      jq -c --argjson reached "$reached" \
        '.changes[] | select(.collection == "messages" and .record.rev > $reached) | .record' <<<"$3"
      cursor=$2 reached=$(jq --argjson reached "$reached" '[.to, $reached] | max' <<<"$3")
      ;;
    reset)
      echo '{"reset":true}'
      cursor='' # read the page again
      ;;
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
  done < <(ask -N --speed-time 30 --speed-limit 1 -H 'accept: text/event-stream' \
    "$base/v1/channels/$channel/changes?after=$cursor")
}

while true; do
  [ -n "$token" ] || renew
  [ -n "$cursor" ] || read_page
  [ -n "$cursor" ] && follow_once
  # A page that is refused may mean an expired token; so may a stream that ends.
  ask -o /dev/null "$base/v1/me" || renew
  sleep "0.$((RANDOM % 9 + 1))"
done
