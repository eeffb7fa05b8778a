import { describe, expect, test } from 'vitest'
import { frame, opcodes, openLine, upgradeRequest } from '../../support/clients/raw-socket.ts'
import { upgradeStatus } from '../../support/clients/socket.ts'
import { serving } from '../../support/servers/serving.ts'

const head = (bytes: Buffer) => String(bytes).split('\r\n\r\n')[0] ?? ''

describe('the upgrade', () => {
  const server = serving()

  async function answerTo(request: string): Promise<string> {
    const line = await openLine(server.port)
    line.write(request)
    const received = await line.until('an answer', (bytes) => bytes.includes('\r\n\r\n'))
    line.destroy()
    return head(received)
  }

  test('[WSK1] dovetail.v1 is chosen and no other', async () => {
    const answer = await answerTo(upgradeRequest({ 'Sec-WebSocket-Protocol': 'vX, dovetail.v1' }))
    expect(answer).toMatch(/^HTTP\/1\.1 101 /)
    expect(answer).toMatch(/^sec-websocket-protocol: dovetail\.v1$/im)
  })

  test('[WSK1] dovetail.v1 is chosen also from two header lines', async () => {
    const two = { 'Sec-WebSocket-Protocol': 'vX\r\nSec-WebSocket-Protocol: dovetail.v1' }
    expect(await answerTo(upgradeRequest(two))).toMatch(/^sec-websocket-protocol: dovetail\.v1$/im)
  })

  test('[WSK1] an upgrade without a subprotocol is served, and names none', async () => {
    const answer = await answerTo(upgradeRequest())
    expect(answer).toMatch(/^HTTP\/1\.1 101 /)
    expect(answer).not.toMatch(/sec-websocket-protocol/i)
  })

  test.each([
    'vX',
    'DOVETAIL.V1',
    'dovetail.v2',
    'bearer.abc.def.ghi',
    'constructor',
    'dovetail.v10',
    ', ,',
    'a b',
    'x;',
  ])('[WSK1] an upgrade that offers only "%s" is 400', async (offered) => {
    const answer = await answerTo(upgradeRequest({ 'Sec-WebSocket-Protocol': offered }))
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).not.toMatch(/sec-websocket-protocol/i)
  })

  test.each([
    ['version 12', { 'Sec-WebSocket-Version': '12' }, /^HTTP\/1\.1 (400|426) /],
    ['no version', { 'Sec-WebSocket-Version': null }, /^HTTP\/1\.1 (400|426) /],
    ['a short key', { 'Sec-WebSocket-Key': 'abc' }, /^HTTP\/1\.1 400 /],
    ['no key', { 'Sec-WebSocket-Key': null }, /^HTTP\/1\.1 400 /],
    ['another protocol', { Upgrade: 'h2c' }, /^HTTP\/1\.1 4\d\d /],
    ['a body', { 'Content-Length': '5' }, /^HTTP\/1\.1 400 /],
    ['a chunked body', { 'Transfer-Encoding': 'chunked' }, /^HTTP\/1\.1 400 /],
  ])('[WSK1] an upgrade with %s is refused', async (_what, headers, status) => {
    expect(await answerTo(upgradeRequest(headers))).toMatch(status)
  })

  test('[WSK1] an upgrade by POST or on another path is refused', async () => {
    expect(await answerTo(upgradeRequest({}, 'POST'))).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(await answerTo(upgradeRequest({}, 'GET', '/v1/other'))).toMatch(/^HTTP\/1\.1 404 /)
    expect(await answerTo(upgradeRequest({}, 'GET', '/'))).toMatch(/^HTTP\/1\.1 4\d\d /)
  })

  test('[WSK1] the WebSocket path without an upgrade is refused, and does not hang', async () => {
    const rest = await server.rest()
    const answer = await rest.get('/v1/ws')
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(answer.status).toBeLessThan(500)
  })

  test.each([
    'constructor',
    'permessage-deflate; x',
    '__proto__',
    'permessage-deflate; server_max_window_bits=99',
    ',,,',
  ])('[WSK1] the extension "%s" harms nobody', async (extension) => {
    const answer = await answerTo(upgradeRequest({ 'Sec-WebSocket-Extensions': extension }))
    expect(answer).toMatch(/^HTTP\/1\.1 (101|400) /)
    expect(answer).not.toMatch(/sec-websocket-extensions/i)
    expect((await (await server.rest()).get('/healthz')).status).toBe(200)
  })

  test('[WSK1] a connection cut at any byte of the handshake does no harm', async () => {
    const request = upgradeRequest()
    for (let size = 1; size < request.length; size += 7) {
      const line = await openLine(server.port)
      line.write(request.slice(0, size))
      line.reset()
    }
    expect((await (await server.rest()).get('/healthz')).status).toBe(200)
  })

  test.each([
    ['a frame', frame({ opcode: opcodes.text, payload: '{"id":"early","op":"hello"}' })],
    ['a second request', Buffer.from('GET /v1/me HTTP/1.1\r\nHost: x\r\n\r\n')],
  ])('[WSK28] %s sent with the handshake, before the 101, is 400', async (_what, bytes) => {
    const line = await openLine(server.port)
    line.write(Buffer.concat([Buffer.from(upgradeRequest()), bytes]))
    await line.ended
    const answer = String(line.received())
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer.split('HTTP/1.1 ')).toHaveLength(2)
  })

  test('[ERR8] any origin is served by default', async () => {
    for (const origin of ['https://evil.example', 'null', 'http://localhost:3000']) {
      expect(await upgradeStatus({ port: server.port, origin })).toBe(101)
    }
  })
})

describe('origins', () => {
  const allowed = 'https://app.example'
  const server = serving({ origins: [allowed, 'http://localhost:5173'] })

  test.each([
    'https://evil.example',
    'null',
    'http://app.example',
    'https://app.example.evil.com',
    'https://evil-app.example',
    'https://sub.app.example',
    'https://app.example:444',
    'https://app.example@evil.com',
    'https://app.example.',
    'http://localhost:5174',
    'http://localhost',
    'http://127.0.0.1:5173',
    'file://',
    'app.example',
    '*',
  ])('[ERR8] the origin %s is 403 before any 101, and on REST', async (origin) => {
    expect(await upgradeStatus({ port: server.port, origin })).toBe(403)
    const alice = await server.rest('alice')
    const answer = await alice.get('/v1/me', { origin })
    expect(answer.headers['access-control-allow-origin']).not.toBe(origin)
    expect(answer.headers['access-control-allow-origin']).not.toBe('*')
  })

  test.each([allowed, 'HTTPS://APP.EXAMPLE', 'https://app.example:443', 'http://localhost:5173'])(
    '[ERR8] the origin %s is served',
    async (origin) => {
      expect(await upgradeStatus({ port: server.port, origin })).toBe(101)
    },
  )

  test('[ERR8, TAG7] an allowed origin gets its CORS header on REST, with Vary; a request without an origin is served', async () => {
    const alice = await server.rest('alice')
    const answer = await alice.get('/v1/me', { origin: allowed })
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, allowed])
    expect(String(answer.headers.vary).toLowerCase()).toContain('origin')
    expect((await alice.get('/v1/me')).status).toBe(200)
    expect(await upgradeStatus({ port: server.port })).toBe(101)
  })
})
