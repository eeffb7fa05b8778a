#!/usr/bin/env bash
# npm undici 7.16.0 (the fetch of Node), express 5.1.0 with send 1.2.0: a conditional GET by fetch, of a file that has not
# changed.
#
# One would guess: `fetch(url, { headers: { 'If-None-Match': tag } })` is answered 304 by a server that knows the tag, as
#   the same request by node:http is.
# What is so: it is answered 200 with the whole file, each time. The Fetch standard (HTTP-network-or-cache fetch) makes
#   the cache mode of a request with an own If-None-Match "no-store", and adds `Cache-Control: no-cache` to that. Express
#   and send take `no-cache` in a request as "do not answer 304" (module fresh), although the tag was asked for.
# Why it matters here: who polls with ETags by Node's fetch pays for whole bodies behind such a server. Ours answers 304
#   for pages and files whatever stands in Cache-Control (FIL8); @fastify/send alone, which is made of send, does not.
#
# Installs pinned packages into a temporary folder, runs on loopback only, ends in about a minute. Fails where the
# behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
timeout 240 npm install --silent --no-audit --no-fund undici@7.16.0 express@5.1.0 send@1.2.0 >/dev/null
mkdir files
echo 'unchanged' >files/page.txt
cat >see.mjs <<'JS'
import { once } from 'node:events'
import { get } from 'node:http'
import express from 'express'
import { fetch } from 'undici'

const app = express()
const sent = []
app.use((request, _response, next) => {
  sent.push(request.headers['cache-control'] ?? 'none')
  next()
})
app.use(express.static('files'))
const server = app.listen(0, '127.0.0.1')
await once(server, 'listening')
const url = `http://127.0.0.1:${server.address().port}/page.txt`
const first = await fetch(url)
const tag = first.headers.get('etag')
await first.text()
const byFetch = await fetch(url, { headers: { 'If-None-Match': tag } })
await byFetch.text()
const [byHttp] = await once(get(url, { headers: { 'If-None-Match': tag } }), 'response')
byHttp.resume()
console.log(`undici 7.16.0, express 5.1.0, node ${process.version}: fetch ${byFetch.status}, http ${byHttp.statusCode}`)
console.log(`Cache-Control of the requests: ${sent.join(', ')}`)
process.exit(byFetch.status === 200 && byHttp.statusCode === 304 && sent[1] === 'no-cache' ? 0 : 1)
JS
timeout 30 node see.mjs
