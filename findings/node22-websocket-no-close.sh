#!/usr/bin/env bash
# npm node 22.23.3: its global WebSocket, and an opening that the server refuses with a plain HTTP answer (503).
#
# One would guess: as the WHATWG WebSocket standard says ("fail the WebSocket connection"), the socket fires `error` and
#   then `close`, and its readyState becomes CLOSED (3). Reconnecting code waits for `close`.
# What is so: Node 22.23.3 fires `error` only. No `close` follows, and readyState stays CONNECTING (0).
# Why it matters here: an SDK that waits for `close` waits for its own time-out with each refused attempt (10 s here,
#   before the SDK took `error` during an opening for the end).
#
# Installs a pinned package into a temporary folder, runs on loopback only, ends in about a minute. Fails where the
# behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
timeout 240 npm install --silent --no-audit --no-fund node@22.23.3 >/dev/null
cat >see.mjs <<'JS'
import { createServer } from 'node:http'

const server = createServer()
server.on('upgrade', (_request, socket) => {
  socket.end('HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const events = []
const socket = new WebSocket(`ws://127.0.0.1:${server.address().port}/`)
for (const name of ['open', 'error', 'close']) socket.addEventListener(name, () => events.push(name))
await new Promise((resolve) => setTimeout(resolve, 5000))
console.log(`node ${process.version}: events [${events}], readyState ${socket.readyState}`)
process.exit(events.join() === 'error' && socket.readyState === 0 ? 0 : 1)
JS
timeout 30 node_modules/.bin/node see.mjs
