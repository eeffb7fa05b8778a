import { afterEach, describe, expect, test, vi } from 'vitest'
import type { TransportName } from '../src/index.ts'
import { channel } from './support/chat.ts'
import { calm } from './support/fake-server.ts'
import { world } from './support/world.ts'

function auto() {
  const all = world({ transport: 'auto', token: 'ana' })
  const view = all.client.channel(channel).collection('messages').live()
  const texts = () => view.records.map(({ data }) => data.text)
  return { ...all, view, texts, over: (): TransportName => all.client.state.transport }
}

/** A browser's window, as far as the SDK listens to it. */
function stubWindow(): EventTarget {
  const target = new EventTarget()
  vi.stubGlobal('addEventListener', target.addEventListener.bind(target))
  vi.stubGlobal('removeEventListener', target.removeEventListener.bind(target))
  return target
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('transport fallback', () => {
  test('B45: after a refused WebSocket upgrade the client uses SSE within 10 s', async () => {
    const { clock, server, client, view, texts, over } = auto()
    server.refuseUpgrade = true
    await clock.advance(10_000)
    expect([client.state.name, over(), view.state]).toEqual(['open', 'sse', 'live'])
    view.create({ text: 'm1' })
    await clock.advance(1000)
    expect(texts()).toEqual(['m1'])
    client.close()
  })

  test('B45: after a WebSocket that opens and is cut each time the client uses SSE', async () => {
    const { clock, server, client, texts, over } = auto()
    for (let passed = 0; passed < 10_000; passed += 200) {
      await clock.advance(200)
      if (over() === 'websocket') server.cut()
      if (passed % 2000 === 0)
        server.commit(channel, 'bo', { op: 'create', collection: 'messages', data: { text: `m${passed}` } })
    }
    await clock.advance(1000)
    expect([client.state.name, over()]).toEqual(['open', 'sse'])
    expect(texts()).toEqual(['m0', 'm2000', 'm4000', 'm6000', 'm8000'])
    client.close()
  })

  test('after a WebSocket that passes no frames the client uses SSE', async () => {
    const { clock, server, client, view, over } = auto()
    server.silent = true
    await clock.advance(10_000)
    expect([client.state.name, over(), view.state]).toEqual(['open', 'sse', 'live'])
    client.close()
  })

  test('when a proxy buffers the event stream, the client uses long-polls', async () => {
    const { clock, server, client, view, texts, over } = auto()
    server.refuseUpgrade = true
    server.streamsAreSilent = true
    await clock.advance(20_000)
    expect([client.state.name, over(), view.state]).toEqual(['open', 'long-poll', 'live'])
    server.commit(channel, 'bo', { op: 'create', collection: 'messages', data: { text: 'm1' } })
    await clock.advance(100)
    expect(texts()).toEqual(['m1'])
    client.close()
  })

  test('B45: a restart of the server does not move the client to a lesser transport', async () => {
    const { clock, server, client, over } = auto()
    await clock.advance(60_000)
    server.down = true
    server.cut()
    await clock.advance(45_000)
    server.down = false
    await clock.advance(31_000)
    expect([client.state.name, over()]).toEqual(['open', 'websocket'])
    client.close()
  })

  test('the client returns to a better transport once it works, and loses or repeats no change across the switch', async () => {
    const { clock, server, client, texts, over } = auto()
    server.refuseUpgrade = true
    await clock.advance(10_000)
    expect(over()).toBe('sse')
    server.refuseUpgrade = false
    const expected: string[] = []
    for (let second = 0; second < 60; second += 1) {
      expected.push(`m${second}`)
      server.commit(channel, 'bo', { op: 'create', collection: 'messages', data: { text: `m${second}` } })
      await clock.advance(1000)
    }
    expect([over(), client.state.name]).toEqual(['websocket', 'open'])
    expect(texts()).toEqual(expected)
    client.close()
    await clock.advance(0)
    expect(clock.pending).toBe(0)
  })

  test('a client that came back to a better transport goes on to the best one once that works', async () => {
    const { clock, server, client, texts, over } = auto()
    server.refuseUpgrade = true
    server.streamsAreSilent = true
    await clock.advance(20_000)
    expect(over()).toBe('long-poll')
    server.streamsAreSilent = false
    await clock.advance(30_000)
    expect(over()).toBe('sse')
    server.refuseUpgrade = false
    server.commit(channel, 'bo', { op: 'create', collection: 'messages', data: { text: 'm1' } })
    await clock.advance(60_000)
    expect([over(), client.state.name, texts()]).toEqual(['websocket', 'open', ['m1']])
    client.close()
    await clock.advance(0)
    expect(clock.pending).toBe(0)
  })

  test('the client probes better transports at growing intervals, and at once after a change of network', async () => {
    const target = stubWindow()
    const { clock, server, client, over } = auto()
    server.refuseUpgrade = true
    await clock.advance(10_000)
    const before = server.connections
    await clock.advance(600_000)
    const tries = server.connections - before
    expect(tries).toBeGreaterThan(2)
    expect(tries).toBeLessThan(10)
    server.refuseUpgrade = false
    target.dispatchEvent(new Event('online'))
    await clock.advance(6000)
    expect([over(), client.state.name]).toEqual(['websocket', 'open'])
    client.close()
  })

  test('a forced transport is never left', async () => {
    const { clock, server, client } = world({ transport: 'websocket' })
    client.channel(channel).collection('messages').live()
    server.refuseUpgrade = true
    await clock.advance(60_000)
    expect([client.state.transport, client.state.name]).toEqual(['websocket', 'waiting'])
    client.close()
  })
})

describe.each(['sse', 'long-poll'] as const)('over %s', (transport) => {
  test('while the presence list cannot be read, joining is retried later; nothing is thrown and no change is lost', async () => {
    const { clock, server, client } = world({ transport, token: 'ana' })
    const view = client.channel(channel).collection('messages').live()
    client.channel(channel).presence()
    await clock.advance(100)
    const say = (text: string) => server.commit(channel, 'bo', { op: 'create', collection: 'messages', data: { text } })
    say('m1')
    await clock.advance(100)
    server.weather = {
      ...calm,
      refuse: (_method, path) => (path.includes('presence') ? { status: 503, code: 'store_unavailable' } : null),
    }
    client.channel(channel).onSignal(() => {}) // Another question to the server, from where the reader stands.
    await clock.advance(1000)
    server.weather = calm
    say('m2')
    await clock.advance(10_000)
    expect([view.state, view.records.map(({ data }) => data.text)]).toEqual(['live', ['m1', 'm2']])
    client.close()
  })
})

describe('sleep and the page cache', () => {
  test('B50: a page back from the page cache reconnects once, whichever of close and pageshow comes first', async () => {
    for (const order of ['close first', 'pageshow first']) {
      const target = stubWindow()
      const { clock, server, client, texts } = auto()
      await clock.advance(10)
      target.dispatchEvent(new Event('pagehide'))
      await clock.advance(0)
      expect([order, client.state.name, server.sockets.length]).toEqual([order, 'offline', 0])
      for (const text of ['m1', 'm2'])
        server.commit(channel, 'bo', { op: 'create', collection: 'messages', data: { text } })
      if (order === 'close first') server.cut()
      target.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
      if (order === 'pageshow first') server.cut()
      await clock.advance(2000)
      expect([order, server.connections, texts()]).toEqual([order, 2, ['m1', 'm2']])
      client.close()
      await clock.advance(0)
      expect(clock.pending).toBe(0)
    }
  })

  test('after the device slept, a dead socket is detected within 5 s and a living one is kept', async () => {
    const target = stubWindow()
    vi.stubGlobal('document', { visibilityState: 'visible' })
    const { clock, server, client } = auto()
    await clock.advance(10_000)
    target.dispatchEvent(new Event('visibilitychange'))
    await clock.advance(6000)
    expect([server.connections, client.state.name]).toEqual([1, 'open'])
    server.silent = true
    target.dispatchEvent(new Event('visibilitychange'))
    await clock.advance(4900)
    server.silent = false
    await clock.advance(1500)
    expect([server.connections, client.state.name]).toEqual([2, 'open'])
    client.close()
  })

  test('B50: the client uses no listener that keeps a page out of the page cache, and removes all listeners when it closes', () => {
    const added: string[] = []
    const removed: string[] = []
    vi.stubGlobal('addEventListener', (name: string) => added.push(name))
    vi.stubGlobal('removeEventListener', (name: string) => removed.push(name))
    const { client } = world()
    client.close()
    expect(added).not.toContain('unload')
    expect(added).not.toContain('beforeunload')
    expect(removed).toEqual(added)
  })
})
