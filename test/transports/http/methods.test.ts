import { METHODS } from 'node:http'
import type { Problem } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { openLine } from '../../support/clients/raw-socket.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'

const known = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const foreign = METHODS.filter((method) => ![...known, 'CONNECT'].includes(method))

describe('methods', () => {
  const server = serving()

  test.each(foreign)('[ERR9] %s is 405 on a known path, and 404 on an unknown one', async (method) => {
    const alice = await server.rest('alice')
    const path = at(freshChannel())
    const refused = await alice.send(method, path)
    expect([refused.status, refused.code, refused.headers.allow]).toEqual([
      405,
      'method_not_allowed',
      'GET, POST, HEAD, OPTIONS',
    ])
    expect((await alice.send(method, '/v1/nowhere')).code).toBe('not_found')
  })

  test.each([
    ['/v1/channels', 'GET, HEAD, OPTIONS'],
    ['/v1/channels/chat:a', 'GET, PUT, DELETE, HEAD, OPTIONS'],
    [at('chat:a', 'messages', 'm'), 'GET, PUT, PATCH, DELETE, HEAD, OPTIONS'],
    ['/v1/batch', 'POST, OPTIONS'],
    ['/v1/ws', 'GET, HEAD, OPTIONS'],
  ])('[TAG6, ERR9] OPTIONS of %s lists its methods, and a 405 the same', async (path, allow) => {
    const nobody = await server.rest()
    const plain = await nobody.send('OPTIONS', path)
    expect([plain.status, plain.headers.allow, plain.text]).toEqual([204, allow, ''])
    const preflight = { origin: 'https://app.example', 'access-control-request-method': 'PUT' }
    const asked = await nobody.send('OPTIONS', path, preflight)
    expect([asked.status, asked.headers.allow, asked.headers['access-control-allow-origin']]).toEqual([204, allow, '*'])
    expect((await nobody.send('TRACE', path)).headers.allow).toBe(allow)
  })

  test('[TAG5] HEAD that answers 304 claims no length', async () => {
    const alice = await server.rest('alice')
    const path = at(freshChannel(), 'messages', 'one')
    const { headers } = await alice.put(path, { text: 'a' })
    const known = await alice.send('HEAD', path, { 'if-none-match': String(headers.etag) })
    expect([known.status, known.headers['content-length']]).toEqual([304, undefined])
  })

  test('[TAG5, RDG20] HEAD of a stream claims no length', async () => {
    const alice = await server.rest('alice')
    const path = `/v1/channels/${freshChannel()}/changes`
    const stream = await alice.send('HEAD', path, { accept: 'text/event-stream' })
    expect([stream.status, stream.headers['content-length']]).toEqual([200, undefined])
  })
})

describe('other protocols', () => {
  const server = serving()

  test('[ERR17, WSK35] the WebSocket path without an upgrade is 426', async () => {
    const nobody = await server.rest()
    const answer = await nobody.get<Problem>('/v1/ws')
    expect([answer.status, answer.code, answer.headers.upgrade]).toEqual([426, 'upgrade_required', 'websocket'])
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect((await nobody.post('/v1/ws', {})).status).toBe(405)
  })

  test('[WSK35, S10] a 426 ends its connection, as the request asked', async () => {
    const line = await openLine(server.port)
    line.write('GET /v1/ws HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    await line.ended
    expect(String(line.received())).toMatch(/^HTTP\/1\.1 426 /)
  })

  test('[ERR9, S10] CONNECT is 405, since there are no tunnels', async () => {
    const line = await openLine(server.port)
    line.write('CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n')
    await line.ended
    expect(String(line.received())).toMatch(/^HTTP\/1\.1 405 /)
    expect(String(line.received())).toContain('method_not_allowed')
  })

  const wish = 'Host: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n'

  test('[WSK36] an upgrade to HTTP/2 is ignored and does no harm, with a body or without', async () => {
    const post = await openLine(server.port)
    post.write(
      `POST /v1/guests HTTP/1.1\r\n${wish}Content-Type: application/json\r\nContent-Length: 14\r\n\r\n{"name":`,
    )
    post.write('"Ada"}')
    await post.ended
    expect(String(post.received())).toMatch(/^HTTP\/1\.1 201 [\s\S]*"name":"Ada"/)
    const get = await openLine(server.port)
    get.write(`GET /healthz HTTP/1.1\r\n${wish}\r\n`)
    await get.ended
    expect(String(get.received())).toMatch(/^HTTP\/1\.1 200 [\s\S]*"ok"/)
  })

  test.each([
    ['h2c', wish, 200],
    [
      'a WebSocket',
      'Host: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: abc\r\n',
      404,
    ],
  ])('[WSK36] an upgrade to %s waits for the reply before it on the connection', async (_what, headers, status) => {
    const line = await openLine(server.port)
    const poll = `GET /v1/channels/${freshChannel()}/changes?wait=1 HTTP/1.1\r\nHost: x\r\n\r\n`
    line.write(`${poll}GET /healthz HTTP/1.1\r\n${headers}\r\n`)
    await line.ended
    expect(String(line.received()).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', `HTTP/1.1 ${status}`])
  })

  test('[WSK36] a connection that is reset while it waits does no harm', async () => {
    const line = await openLine(server.port)
    const poll = `GET /v1/channels/${freshChannel()}/changes?wait=1 HTTP/1.1\r\nHost: x\r\n\r\n`
    line.write(`${poll}GET /healthz HTTP/1.1\r\n${wish}\r\n`)
    line.reset()
    expect((await (await server.rest()).get(`/v1/channels/${freshChannel()}/changes?wait=1`)).status).toBe(200)
  })

  test('[WSK36] nothing after an upgrade on the connection is read', async () => {
    const line = await openLine(server.port)
    const second = 'POST /v1/guests HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}'
    line.write(`GET /healthz HTTP/1.1\r\n${wish}\r\n${second}`)
    await line.ended
    expect(String(line.received())).not.toMatch(/ 101 | 201 /)
  })

  test.each([
    ['a key of the wrong length', 'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: abc\r\n', 400, 'invalid_query'],
    [
      'another version',
      'Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
      426,
      'upgrade_required',
    ],
    ['no version', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n', 426, 'upgrade_required'],
  ])('[WSK35, ERR1] a handshake with %s is refused by a problem document', async (_what, headers, status, code) => {
    const line = await openLine(server.port)
    line.write(`GET /v1/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${headers}\r\n`)
    await line.ended
    const [head = '', body = ''] = String(line.received()).split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(head).toMatch(/^content-type: application\/problem\+json/m)
    if (status === 426) expect(head).toMatch(/^sec-websocket-version: 13$/m)
    expect(JSON.parse(body)).toMatchObject({ status, code })
  })
})
