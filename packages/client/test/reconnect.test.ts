/** When and how the SDK reconnects: connections cut by proxies, Retry-After and server restarts. */
import { describe, expect, test } from 'vitest'
import type { TransportName } from '../src/index.ts'
import { channel } from './support/chat.ts'
import { FakeClock } from './support/fake-clock.ts'
import { calm, FakeServer } from './support/fake-server.ts'
import { followed } from './support/followed.ts'
import { world } from './support/world.ts'

describe('a close code that did not come from the server', () => {
  test.each([1000, 1002, 1003, 1007, 1008, 1009, 1011, 4000])(
    '[CLO13, N06] after an unexplained close with %i the client reconnects and misses no change',
    async (code) => {
      const { clock, server, client, say, texts } = followed()
      await clock.advance(10_000)
      server.cut(code)
      say('meanwhile')
      await clock.advance(5000)
      expect([client.state.name, client.state.transport, texts()]).toEqual(['open', 'websocket', ['meanwhile']])
      client.close()
    },
  )

  test.each([1000, 1002, 1008, 1009])(
    '[CLO13, N06] when every WebSocket is closed with %i after 2 s, the client uses another transport',
    async (code) => {
      const { clock, server, client, say, texts } = followed()
      const names = new Set<string>()
      for (let second = 0; second < 40 && client.state.transport === 'websocket'; second += 2) {
        await clock.advance(2000)
        names.add(client.state.name)
        server.cut(code)
      }
      say('meanwhile')
      await clock.advance(5000)
      expect([client.state.name, client.state.transport, texts()]).toEqual(['open', 'sse', ['meanwhile']])
      expect(names).not.toContain('closed')
      client.close()
    },
  )
})

const forever = 'Fri, 31 Dec 9999 23:59:59 GMT'

describe('Retry-After', () => {
  const html = (status: number, retryAfter?: string) =>
    new Response('<html>', { status, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } })

  /** A client whose requests are answered by a proxy, once `answer` gives something. */
  function proxied(transport: TransportName) {
    const clock = new FakeClock()
    const server = new FakeServer(clock)
    const asked: number[] = []
    const proxy = { answer: (_path: string, _method?: string): Response | null => null }
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const { pathname } = new URL(String(input))
      const answer = proxy.answer(pathname, init?.method)
      if (answer !== null) asked.push(clock.now())
      return answer ?? server.fetch(input, init)
    }
    return { asked, proxy, startedAt: clock.now(), ...followed({ server, transport, fetch }) }
  }

  test.each<[TransportName, number]>([
    ['sse', 503],
    ['long-poll', 503],
    ['poll', 503],
    ['sse', 429],
  ])('[N23, B46] the client waits for a proxy’s Retry-After over %s, with status %i', async (transport, status) => {
    const { asked, proxy, clock, server, client, say, texts } = proxied(transport)
    await clock.advance(10_000)
    proxy.answer = (path) => (path.endsWith('/changes') ? html(status, '3') : null)
    server.cut()
    await clock.advance(12_000)
    expect(asked.length).toBeGreaterThan(1)
    for (const [index, at] of asked.entries()) {
      expect(at - (asked[index - 1] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(3000)
    }
    proxy.answer = () => null
    say('after')
    await clock.advance(40_000)
    expect([client.state.name, texts()]).toEqual(['open', ['after']])
    client.close()
  })

  test.each([429, 503])('[N23] a write waits for a Retry-After that is a date, with status %i', async (status) => {
    const { asked, proxy, clock, client, view } = proxied('poll')
    await clock.advance(1000)
    const until = clock.now() + 20_000
    proxy.answer = (_path, method) => (method === 'POST' ? html(status, new Date(until).toUTCString()) : null)
    view.create({ text: 'late' })
    await clock.advance(19_000)
    expect(asked).toHaveLength(1)
    proxy.answer = () => null
    await clock.advance(3000)
    expect(view.records.map((row) => row.status)).toEqual(['acknowledged'])
    client.close()
  })

  test.each(['soon', '-5', '1e3', '3.5', '12 monkeys', '', forever])(
    '[N23] a Retry-After of "%s" neither stops retries for ever nor makes them constant',
    async (text) => {
      const { asked, proxy, clock, server, client } = proxied('sse')
      await clock.advance(10_000)
      proxy.answer = (path) => (path.endsWith('/changes') ? html(503, text) : null)
      server.cut()
      await clock.advance(10_000)
      expect(asked.length).toBeLessThan(8)
      proxy.answer = () => null
      await clock.advance(3_700_000)
      expect(client.state.name).toBe('open')
      client.close()
    },
  )

  test.each<TransportName>(['sse', 'long-poll', 'poll'])(
    '[B46] over %s, a 403 without a problem document stops with an error',
    async (transport) => {
      const { asked, proxy, clock, client } = proxied(transport)
      await clock.advance(1000)
      proxy.answer = (path) => (path.endsWith('/changes') ? html(403) : null)
      await clock.advance(60_000)
      client.channel('chat:other').onSignal(() => undefined)
      await clock.advance(600_000)
      expect(client.state).toMatchObject({ name: 'auth_failed', error: { code: 'forbidden', status: 403 } })
      expect(asked).toHaveLength(1)
      client.close()
    },
  )

  test.each<TransportName>(['sse', 'long-poll', 'poll'])(
    '[B46] over %s, a 204 stops with an error',
    async (transport) => {
      const { asked, proxy, clock, server, client } = proxied(transport)
      await clock.advance(1000)
      proxy.answer = (path) => (path.endsWith('/changes') ? new Response(null, { status: 204 }) : null)
      server.cut()
      await clock.advance(600_000)
      expect(client.state).toMatchObject({ name: 'closed', error: { status: 204 } })
      expect(asked).toHaveLength(1)
      client.close()
    },
  )
})

describe('a restart of the server', () => {
  test('[WSK37, N02] a restart with a drain of 10 s keeps the client on WebSocket, open within 5 s of the new start', async () => {
    const { clock, server, client, say, texts } = followed({ random: () => 0.999 })
    await clock.advance(60_000)
    server.draining = true
    server.sockets[0]?.send({ op: 'goaway', reconnectInMs: 200 })
    const transports = new Set<string>()
    for (let passed = 0; passed < 10_000; passed += 50) {
      await clock.advance(50)
      transports.add(client.state.transport)
    }
    server.draining = false
    server.down = true
    await clock.advance(3000)
    server.down = false
    say('after')
    await clock.advance(5000)
    transports.add(client.state.transport)
    expect([client.state.name, [...transports], texts()]).toEqual(['open', ['websocket'], ['after']])
    client.close()
  })

  test('[WSK37, N02] a draining node that refuses without a goaway frame does not move the client to a lesser transport', async () => {
    const { clock, server, client } = world({ transport: 'auto', token: 'ana' })
    server.draining = true
    client.channel(channel).collection('messages').live()
    await clock.advance(20_000)
    expect(client.state.transport).toBe('websocket')
    server.draining = false
    await clock.advance(31_000)
    expect([client.state.name, client.state.transport]).toEqual(['open', 'websocket'])
    client.close()
  })

  test('[N02] over SSE, a draining node that refuses the stream does not move the client to a lesser transport', async () => {
    const { clock, server, client } = followed()
    server.refuseUpgrade = true
    await clock.advance(5000)
    expect(client.state.transport).toBe('sse')
    server.weather = {
      ...calm,
      refuse: (_method, path) => (path.endsWith('/changes') ? { status: 503, code: 'draining', retryAfter: 1 } : null),
    }
    server.cut()
    await clock.advance(10_000)
    server.weather = calm
    await clock.advance(5000)
    expect([client.state.name, client.state.transport]).toEqual(['open', 'sse'])
    client.close()
  })
})

test('[K9] a WebSocket opening that fails with `error` and no `close`, as in Node 22, is detected well before its time limit', async () => {
  const { clock, server, client } = followed({ transport: 'websocket' })
  server.openingsEndSilently = true
  server.refuseUpgrade = true
  await clock.advance(6000)
  expect(server.connections).toBeGreaterThan(3)
  server.refuseUpgrade = false
  await clock.advance(31_000)
  expect(client.state.name).toBe('open')
  client.close()
  expect(clock.pending).toBe(0)
})

describe('a valid token after a rotation of keys', () => {
  test.each<TransportName>(['websocket', 'sse'])(
    '[N22] a token signed by a new key is accepted within 60 s over %s, although the server does not know the key at first',
    async (transport) => {
      const { clock, server, client } = world({ transport, getToken: async () => 'by the new key' })
      server.refuseHello = 'store_unavailable'
      server.weather = {
        ...calm,
        refuse: () => (server.refuseHello === null ? null : { status: 503, code: 'store_unavailable', retryAfter: 5 }),
      }
      client.channel(channel).collection('messages').live()
      await clock.advance(30_000)
      server.refuseHello = null
      await clock.advance(30_000)
      expect(client.state.name).toBe('open')
      client.close()
    },
  )
})
