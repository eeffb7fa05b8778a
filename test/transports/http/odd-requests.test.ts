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

  test('[ERR1] a request without a Host header gets a problem document', async () => {
    const { head, body } = await answerTo(server.port, 'GET /v1/limits HTTP/1.1\r\nConnection: close\r\n\r\n')
    expect(head).toMatch(/^HTTP\/1\.1 400 /)
    expect(head).toMatch(/^content-type: application\/problem\+json/m)
    expect(body.code).toBe('invalid_query')
  })

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
