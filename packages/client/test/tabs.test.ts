import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Client, LiveView } from '../src/index.ts'
import { channel } from './support/chat.ts'
import { FakeLocks, fakeBroadcast } from './support/fake-tabs.ts'
import { MemoryStorage, world } from './support/world.ts'

let locks: FakeLocks

beforeEach(() => {
  locks = new FakeLocks()
  vi.stubGlobal('navigator', { locks, onLine: true })
  vi.stubGlobal('document', { visibilityState: 'visible' })
  vi.stubGlobal('BroadcastChannel', fakeBroadcast())
})
afterEach(() => {
  vi.unstubAllGlobals()
})

const texts = (view: LiveView) => view.records.map(({ data }) => data.text)

function tabs(count: number, transport: 'sse' | 'long-poll') {
  const all = world({ transport, token: 'ana', storage: new MemoryStorage() })
  const clients: Client[] = [all.client, ...Array.from({ length: count - 1 }, () => all.open())]
  const views = clients.map((client) => client.channel(channel).collection('messages').live())
  const say = (text: string) =>
    all.server.commit(channel, 'bo', { op: 'create', collection: 'messages', data: { text } })
  const asked = () => all.server.requests.filter(({ path }) => path.includes('/changes?')).length
  return { ...all, clients, views, say, asked }
}

describe.each(['sse', 'long-poll'] as const)('seven tabs over %s', (transport) => {
  test('seven tabs share one request, and each shows every change once', async () => {
    const { clock, clients, views, say, server, asked } = tabs(7, transport)
    say('m0')
    await clock.advance(1000)
    if (transport === 'sse') expect(server.sockets.length).toBe(1)
    const before = asked()
    for (let index = 1; index <= 5; index += 1) {
      say(`m${index}`)
      await clock.advance(100)
    }
    expect(asked() - before).toBeLessThanOrEqual(transport === 'sse' ? 0 : 10)
    for (const view of views) expect(texts(view)).toEqual(['m0', 'm1', 'm2', 'm3', 'm4', 'm5'])
    views[6]?.create({ text: 'from the seventh' })
    await clock.advance(1000)
    for (const view of views) expect(texts(view).at(-1)).toBe('from the seventh')
    for (const client of clients) client.close()
    await clock.advance(0)
    expect([clock.pending, locks.held, server.sockets.length]).toEqual([0, 0, 0])
  })

  test('when the leading tab closes, the other tabs go on within 5 s without a gap', async () => {
    const { clock, clients, views, say } = tabs(4, transport)
    say('m0')
    await clock.advance(1000)
    for (let gone = 0; gone < 3; gone += 1) {
      clients[gone]?.close()
      say(`while ${gone}`)
      await clock.advance(5000)
      say(`after ${gone}`)
      await clock.advance(100)
    }
    expect(texts(views[3] as LiveView)).toEqual([
      'm0',
      'while 0',
      'after 0',
      'while 1',
      'after 1',
      'while 2',
      'after 2',
    ])
    clients[3]?.close()
    await clock.advance(0)
    expect([clock.pending, locks.held]).toEqual([0, 0])
  })

  test('a tab opened later is served by the same request', async () => {
    const { clock, server, clients, views, say, open } = tabs(2, transport)
    say('m0')
    await clock.advance(1000)
    const late = open()
    clients.push(late)
    const view = late.channel(channel).collection('messages').live()
    say('m1')
    await clock.advance(1000)
    say('m2')
    await clock.advance(100)
    for (const each of [...views, view]) expect(texts(each)).toEqual(['m0', 'm1', 'm2'])
    if (transport === 'sse') expect(server.sockets.length).toBe(1)
    for (const client of clients) client.close()
    await clock.advance(0)
    expect(clock.pending).toBe(0)
  })
})

test('a tab does not send the unsent writes of an open tab, and takes over the unsent writes of a closed one', async () => {
  const { clock, server, clients, views } = tabs(2, 'sse')
  await clock.advance(1000)
  server.down = true
  server.cut()
  await clock.advance(1000)
  views[0]?.create({ text: 'm1' })
  clients[0]?.close()
  server.down = false
  await clock.advance(40_000)
  expect(texts(views[1] as LiveView)).toEqual(['m1'])
  expect(server.log(channel).all('messages')).toHaveLength(1)
  clients[1]?.close()
})

describe.each(['a tab', 'no tab'])('long-poll, in %s', (setting) => {
  test('under steady writes one long-poll follows the other, also after a range without changes', async () => {
    if (setting === 'no tab') vi.unstubAllGlobals()
    const { clock, clients, views, say, server, asked } = tabs(1, 'long-poll')
    say('m0')
    await clock.advance(1000)
    const before = asked()
    const folded = vi.spyOn(server.log(channel), 'changes').mockReturnValue([])
    for (let index = 1; index <= 17; index += 1) {
      say(`m${index}`)
      await clock.advance(60)
    }
    expect(asked() - before).toBe(17)
    folded.mockRestore()
    say('last')
    await clock.advance(10)
    expect(texts(views[0] as LiveView).at(-1)).toBe('last')
    for (const client of clients) client.close()
    await clock.advance(0)
    expect(clock.pending).toBe(0)
  })

  test('over long-poll a user who joins is in the presence list within 3 s', async () => {
    if (setting === 'no tab') vi.unstubAllGlobals()
    const { clock, client, server } = world({ transport: 'long-poll', token: 'ana' })
    client.channel(channel).collection('messages').live()
    const presence = client.channel(channel).presence()
    await clock.advance(100)
    server.present = [{ user: 'bo', since: '2026-11-25T00:00:00.000Z' }]
    await clock.advance(3100)
    expect(presence.users.map(({ user }) => user)).toEqual(['bo'])
    client.close()
    await clock.advance(100)
    expect(server.requests.at(-1)).toMatchObject({ method: 'DELETE', path: expect.stringMatching(/presence\?client=/) })
    expect(clock.pending).toBe(0)
  })
})
