/** When clients that lost their server together come back. */
import { describe, expect, test } from 'vitest'
import type { TransportName } from '../src/index.ts'
import { FakeClock, seeded } from './support/fake-clock.ts'
import { FakeServer } from './support/fake-server.ts'
import { followed } from './support/followed.ts'

describe('after a crash', () => {
  test('[WSK38, B13] after a crash, readers of a server that has 1,000 come back over at least 5 s, at most 30 % of them in any second', async () => {
    const clock = new FakeClock()
    const server = new FakeServer(clock)
    server.readers = 1000
    const random = seeded(7)
    const clients = Array.from({ length: 60 }, () => followed({ server, random, transport: 'websocket' }).client)
    await clock.advance(10_000)
    const crashedAt = clock.now()
    server.down = true
    server.cut()
    await clock.advance(0)
    const due = clients
      .map(({ state }) => (state.name === 'waiting' ? state.retryAt - crashedAt : Number.NaN))
      .sort((a, b) => a - b)
    expect((due.at(-1) ?? 0) - (due[0] ?? 0)).toBeGreaterThanOrEqual(5000)
    for (let from = 0; from < 10_000; from += 100) {
      expect(due.filter((at) => at >= from && at < from + 1000).length / due.length).toBeLessThanOrEqual(0.3)
    }
    for (const client of clients) client.close()
  })

  test.each<TransportName>(['sse', 'long-poll'])(
    '[RDG26, B13] over %s too, readers of a server that has 1,000 come back over at least 5 s, at most 30 % of them in any second',
    async (transport) => {
      const clock = new FakeClock()
      const server = new FakeServer(clock)
      server.readers = 1000
      const random = seeded(7)
      const due: number[] = []
      const crash = new AbortController()
      const crashed = new Promise<never>((_resolve, reject) => {
        crash.signal.addEventListener('abort', () => reject(new TypeError('terminated')))
      })
      crashed.catch(() => undefined)
      let crashedAt = 0
      const clients = Array.from({ length: 60 }, () => {
        let isBack = false
        const fetch: typeof globalThis.fetch = async (input, init) => {
          if (!crash.signal.aborted) return Promise.race([server.fetch(input, init), crashed])
          if (!isBack) due.push(clock.now() - crashedAt)
          isBack = true
          throw new TypeError('fetch failed')
        }
        return followed({ server, random, transport, fetch }).client
      })
      await clock.advance(40_000)
      crashedAt = clock.now()
      crash.abort()
      server.cut()
      await clock.advance(10_000)
      expect(due).toHaveLength(60)
      expect(Math.max(...due) - Math.min(...due)).toBeGreaterThanOrEqual(5000)
      for (let from = 0; from < 10_000; from += 100) {
        expect(due.filter((at) => at >= from && at < from + 1000).length / due.length).toBeLessThanOrEqual(0.3)
      }
      for (const client of clients) client.close()
    },
  )

  test('[RDG26, N02] over SSE, a client whose stream ends at the moment that a draining node of 1,000 readers gave it is back at once', async () => {
    const { clock, server, client, say, texts } = followed({ transport: 'sse', random: () => 0.999 })
    server.readers = 1000
    for (const seconds of [10, 2]) {
      await clock.advance(seconds * 1000)
      for (const stream of server.sockets) stream.send({ op: 'goaway', reconnectInMs: 200 })
      await clock.advance(200)
      server.cut()
      say(`after ${seconds} s`)
      await clock.advance(600)
    }
    expect([client.state.name, client.state.transport, texts()]).toEqual(['open', 'sse', ['after 10 s', 'after 2 s']])
    client.close()
  })

  test('[B13] after a crash, a single client is back within a second, and so is one of an older server that sends no reader count', async () => {
    for (const readers of [1, undefined]) {
      const { clock, server, client } = followed({ random: () => 0.999 })
      server.readers = readers
      await clock.advance(10_000)
      server.cut()
      await clock.advance(1000)
      expect(client.state.name).toBe('open')
      client.close()
    }
  })
})
