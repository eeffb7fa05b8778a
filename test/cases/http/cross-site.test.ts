import type { ChannelDescription } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { operations } from '../../support/openapi/operations.ts'
import { at } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'

const form = 'application/x-www-form-urlencoded'
/** What a page of another origin can send without asking first, and how a body that is JSON can be dressed up so. */
const simple = [
  'text/plain',
  'text/plain; charset=utf-8',
  'text/plain; application/json',
  'text/plain;\tapplication/json',
  form,
  `${form}; charset=application/json`,
  'multipart/form-data; boundary=x',
  'application/jsonp',
  'text/json',
  '',
]

describe('writes that a foreign page can send', () => {
  const server = serving({ limits: { commands: 100_000, commandsBurst: 100_000 } })

  test('[RST1, TAG7] a body of another type than JSON is refused on every route, and nothing is written', async () => {
    const alice = await server.rest('alice')
    await alice.put(at('chat:a', 'messages', 'm'), { text: 'before' })
    const head = async () => (await alice.get<ChannelDescription>('/v1/channels/chat:a')).body.head
    const before = await head()
    // The bytes of a file have any type: a foreign page does not know the signature in their address.
    const writes = (await operations(alice)).filter(
      ({ method, path }) => ['POST', 'PUT', 'PATCH'].includes(method) && !path.startsWith('/v1/files/'),
    )
    for (const { method, path } of writes) {
      for (const type of simple) {
        const headers = { 'content-type': type, origin: 'https://evil.example' }
        const refused = await alice.send(method, path, headers, '{"text":"forged"}')
        expect([method, path, type, refused.status]).toEqual([method, path, type, 415])
      }
    }
    expect(await head()).toBe(before)
  })

  test('[TOK8] a cookie is not taken for a token, and the server never sets one', async () => {
    const alice = await server.rest('alice')
    const token = await alice.post<{ ticket: string }>('/v1/tickets', {})
    const nobody = await server.rest()
    for (const cookie of [`token=${token.body.ticket}`, `session=x`, `authorization=Bearer x`]) {
      expect((await nobody.get('/v1/me', { cookie })).status).toBe(401)
      expect((await nobody.post(at('chat:a'), { text: 'forged' }, { cookie })).status).toBe(401)
    }
    for (const { headers } of [token, await nobody.post('/v1/guests', {}), await nobody.get('/docs')]) {
      expect(headers['set-cookie']).toBeUndefined()
      expect(headers['access-control-allow-credentials']).toBeUndefined()
    }
  })
})
