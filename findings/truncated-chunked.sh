#!/usr/bin/env bash
# npm undici 6.24.1 (Node 20.20's own fetch is the same version) and a chunked response that breaks off.
#
# One would guess: a body in chunks whose last chunk never comes (RFC 9112, section 8: "incomplete") is an error for
#   whoever reads it, whatever other headers the response has; it is one while the connection is kept ("other side closed").
# What is so: where the response says "Connection: close", undici 6.24.1 ends the body without an error, so that a reader
#   takes what broke off for whole. undici 7.30.2 does not ("Invalid EOF state"), and curl says error 18 for both.
# Why it matters here: a node that drains says "Connection: close" on its replies. An event stream that is cut on purpose,
#   so that clients come back, would look finished to Node 20's fetch, and @microsoft/fetch-event-source ends for good.
#
# Installs two pinned versions of one package into a temporary folder, runs on loopback only, ends in about a minute. Fails where the
# behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo '{"private":true,"type":"module"}' >package.json
timeout 120 npm install --silent --no-audit --no-fund --ignore-scripts --save-exact undici6@npm:undici@6.24.1 undici7@npm:undici@7.30.2
cat >see.mjs <<'JS'
import { createServer } from 'node:net'
import { execFile } from 'node:child_process'
import * as undici6 from 'undici6'
import * as undici7 from 'undici7'

const reply = (connection) =>
  `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\nConnection: ${connection}\r\n\r\n5\r\nhello\r\n`
const server = createServer((socket) => {
  socket.on('error', () => {})
  socket.once('data', (request) => {
    socket.write(reply(String(request).startsWith('GET /close') ? 'close' : 'keep-alive'))
    // The end comes by itself, as that of a process that dies while it has nothing to send.
    setTimeout(() => socket.end(), 500)
  })
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const url = `http://127.0.0.1:${server.address().port}`
const read = ({ fetch, Agent }, path) =>
  // A dispatcher of its own: both versions would share the global one, and then behave alike.
  fetch(url + path, { dispatcher: new Agent() })
    .then((reply) => reply.text())
    .then((text) => `whole: ${text}`)
    .catch((error) => `error: ${error.cause?.message ?? error.message}`)
const byCurl = (path) =>
  new Promise((resolve) => execFile('curl', ['-s', '-m', '10', url + path], (error) => resolve(error ? `error ${error.code}` : 'whole')))
const seen = {
  node: process.version,
  'undici 6.24.1': [await read(undici6, '/keep'), await read(undici6, '/close')],
  'undici 7.30.2': [await read(undici7, '/keep'), await read(undici7, '/close')],
  curl: [await byCurl('/keep'), await byCurl('/close')],
}
console.log('broken off after one chunk, with [Connection: keep-alive, Connection: close]:')
console.log(seen)
server.close()
const [keep, close] = seen['undici 6.24.1']
const isError = (text) => text.startsWith('error')
const isAsTold = isError(keep) && close === 'whole: hello' && seen['undici 7.30.2'].every(isError)
process.exit(isAsTold ? 0 : 1)
JS
timeout 60 node see.mjs
