import type { Problem } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { openLine } from '../../support/clients/raw-socket.ts'
import { at } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'

/** Head and problem document of the answer to a request that is written by hand. */
async function answerTo(port: number, request: string): Promise<{ head: string; body: Problem }> {
  const line = await openLine(port)
  line.write(Buffer.from(request))
  await line.ended
  const [head = '', body = ''] = String(line.received()).split('\r\n\r\n')
  return { head, body: JSON.parse(body) as Problem }
}

describe('requests that no client library sends', () => {
  const server = serving()

  const upgrade =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'

  test.each([
    ['a request without', 'GET /v1/limits HTTP/1.1\r\nConnection: close\r\n'],
    ['a request with two', 'GET /v1/limits HTTP/1.1\r\nHost: x\r\nhost: y\r\nConnection: close\r\n'],
    ['an upgrade without', `GET /v1/ws HTTP/1.1\r\n${upgrade}`],
    ['an upgrade with two', `GET /v1/ws HTTP/1.1\r\nHost: x\r\nHost: x\r\n${upgrade}`],
  ])('[RST47, ERR1] %s Host headers is refused by a problem document', async (_which, request) => {
    const { head, body } = await answerTo(server.port, `${request}\r\n`)
    expect(head).toMatch(/^HTTP\/1\.1 400 /)
    expect(head).toMatch(/^content-type: application\/problem\+json/m)
    expect(body.code).toBe('invalid_query')
  })

  test('[RST47] a Host header counts by its whole name', async () => {
    const { head } = await answerTo(
      server.port,
      'GET /healthz HTTP/1.1\r\nX-Forwarded-Host: y\r\nHost: x\r\nHos: z\r\nConnection: close\r\n\r\n',
    )
    expect(head).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('[WSK35] a handshake by HTTP/1.0 is refused', async () => {
    const { head, body } = await answerTo(server.port, `GET /v1/ws HTTP/1.0\r\nHost: x\r\n${upgrade}\r\n`)
    expect([head.slice(0, 13), body.code]).toEqual(['HTTP/1.1 400 ', 'invalid_query'])
  })

  test('[WSK1] the address of a handshake may be absolute, as a proxy may write it (RFC 6455, 4.1)', async () => {
    const line = await openLine(server.port)
    line.write(`GET http://x/v1/ws?ticket= HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`)
    await line.until('the 101', (bytes) => bytes.includes('HTTP/1.1 101 '))
    line.destroy()
  })

  test.each(['FOO', 'get', 'GETT'])('[ERR9] the method %s, which no standard has, is 405', async (method) => {
    const { head, body } = await answerTo(server.port, `${method} /v1/limits HTTP/1.1\r\nHost: x\r\n\r\n`)
    expect(head).toMatch(/^HTTP\/1\.1 405 /)
    expect(head).toMatch(/^allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS$/m)
    expect(body.code).toBe('method_not_allowed')
  })

  test.each(['\x16\x03\x01\x02\x00', 'FOO /v1/limits\r\n\r\n', 'FOO BAR BAZ\r\n\r\n'])(
    '[ERR1] %j, which is not HTTP, is 400',
    async (bytes) => {
      const { head, body } = await answerTo(server.port, bytes)
      expect([head.slice(0, 13), body.code]).toEqual(['HTTP/1.1 400 ', 'invalid_query'])
    },
  )

  test('[ERR1] HTTP/1.0 needs no Host', async () => {
    const { head } = await answerTo(server.port, 'GET /healthz HTTP/1.0\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 200 /)
  })

  test('[RST38] an unknown Expect header is ignored', async () => {
    const { head } = await answerTo(
      server.port,
      'GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: a-miracle\r\nConnection: close\r\n\r\n',
    )
    expect(head).toMatch(/^HTTP\/1\.1 200 /)
  })

  test.each(['chat:é', 'chat:日本', 'chat:a\u0001'])('[NAM7] the unescaped name %j is invalid_name', async (name) => {
    const { head, body } = await answerTo(
      server.port,
      `GET ${at(name)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
    )
    expect(head).toMatch(/^HTTP\/1\.1 400 /)
    expect(body.code).toBe('invalid_name')
  })

  test('[ERR9, TAG6] HEAD of a path without GET is 405 with Allow, as GET is', async () => {
    const nobody = await server.rest()
    for (const path of ['/v1/tickets', '/v1/batch', '/v1/guests', '/v1/sessions/one', '/v1/channels/chat:a/signals']) {
      const [get, head] = [await nobody.get(path), await nobody.send('HEAD', path)]
      expect([path, head.status, head.headers.allow, head.text]).toEqual([path, 405, get.headers.allow, ''])
      expect(get.status).toBe(405)
    }
  })
})

describe.each([
  ['any', undefined, '*'],
  ['a list of', ['https://app.example'], 'https://app.example'],
] as const)('an address that can not be read, %s origins allowed', (_which, origins, allowedOrigin) => {
  const server = serving(origins === undefined ? {} : { origins: [...origins] })

  test.each(['/v1/channels/chat:%zz', '/v1/channels/%ff/messages'])('[TAG7] %s', async (path) => {
    const nobody = await server.rest()
    const refused = await nobody.get(path, { origin: 'https://app.example' })
    expect([refused.status, refused.code]).toEqual([400, 'invalid_name'])
    expect(refused.headers['access-control-allow-origin']).toBe(allowedOrigin)
    expect(refused.headers['access-control-allow-credentials']).toBeUndefined()
  })
})

describe('an address that can not be read, by a page that is not allowed', () => {
  const server = serving({ origins: ['https://app.example'] })

  test('[TAG7, ERR8] gets no CORS header', async () => {
    const refused = await (await server.rest()).get('/v1/channels/%zz', { origin: 'https://evil.example' })
    expect(refused.headers['access-control-allow-origin']).toBeUndefined()
    expect(refused.headers.vary).toContain('Origin')
  })
})
