import { createClient, type TransportName } from 'dovetail-client'
import { describe, expect, onTestFinished, test } from 'vitest'
import { upgradeProxy } from '../../client/upgrade-proxy.ts'
import { when } from '../../client/when.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { tokenFor } from '../../support/servers/token-for.ts'

const transports: (TransportName | 'auto')[] = ['auto', 'websocket', 'sse', 'long-poll']

describe('B14', () => {
  const server = serving({ limits: { failures: 10_000 } })

  test.each(transports)(
    '[CLO9, TOK11] B14: a client that is signed out for good stops retrying, over %s',
    async (transport) => {
      const user = `ana-${transport}`
      const token = await tokenFor(user)
      const proxy = await upgradeProxy(server.port)
      const asked = { tokens: 0, requests: 0 }
      const client = createClient({
        url: proxy.url,
        transport,
        storage: null,
        getToken: async () => {
          asked.tokens += 1
          return token
        },
        fetch: (...given) => {
          asked.requests += 1
          return fetch(...given)
        },
      })
      onTestFinished(async () => {
        client.close()
        await proxy.stop()
      })
      const view = client.channel(freshChannel()).collection('messages').live()
      await when(view, ({ state }) => state === 'live')
      const before = { ...asked, upgrades: proxy.asked }
      const admin = await server.rest('root', { role: 'admin' })
      expect((await admin.delete(`/v1/users/${user}/sessions`)).status).toBe(204)
      await when(client, ({ state }) => state.name === 'auth_failed')
      expect(asked.tokens - before.tokens).toBeLessThanOrEqual(1)
      const attempts = proxy.asked - before.upgrades + asked.requests - before.requests
      expect(attempts).toBeLessThanOrEqual(3)
      expect(client.state).toMatchObject({ name: 'auth_failed', error: { code: 'unauthenticated' } })
    },
  )
})

describe('B14, a client that does not listen', () => {
  const server = serving({ trustProxy: true, limits: { failures: 5 } })

  test('[ERR15] B14: refused requests limit their own address, and nobody else', async () => {
    const late = await server.rest('ana', { ttl: -600 })
    const from = (address: string) => ({ 'x-forwarded-for': address })
    const codes: (string | undefined)[] = []
    let retryAfter = 0
    for (let n = 0; n < 8; n++) {
      const refused = await late.get('/v1/me', from('192.0.2.1'))
      codes.push(refused.code)
      retryAfter = Number(refused.headers['retry-after'] ?? retryAfter)
    }
    expect(codes).toEqual([...Array(5).fill('token_expired'), ...Array(3).fill('rate_limited')])
    expect(retryAfter).toBeGreaterThan(0)
    expect((await late.get('/v1/me', from('192.0.2.2'))).code).toBe('token_expired')
    const good = await server.rest('bo')
    expect((await good.get('/v1/me', from('192.0.2.1'))).status).toBe(200)
    expect((await good.post(at('chat:a'), { text: 'a' }, from('192.0.2.1'))).status).toBe(201)
    const socket = await server.open({ headers: from('192.0.2.1') })
    const { code } = await socket.refused('hello', { token: await tokenFor('ana', { ttl: -600 }) })
    expect([code, (await socket.ended()).code]).toEqual(['rate_limited', 4429])
  })
})
