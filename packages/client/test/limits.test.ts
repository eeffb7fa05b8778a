/** The SDK and an operator's limits: no default of the SDK asks for more than the server gives (LIM1). */
import { describe, expect, test } from 'vitest'
import type { TransportName } from '../src/index.ts'
import { channel } from './support/chat.ts'
import { world } from './support/world.ts'

const transports: TransportName[] = ['websocket', 'sse', 'long-poll', 'poll']

function limited(transport: TransportName, limits: Record<string, number>) {
  const all = world({ transport, token: 'ana' })
  Object.assign(all.server.limits, limits)
  const say = (text: string) =>
    all.server.commit(channel, 'bo', { op: 'create', collection: 'messages', data: { text } })
  return { ...all, say }
}

describe.each(transports)('over %s', (transport) => {
  test("[N03, LIM7] a view with default options opens although the server's pages are smaller than the view's, and reads older pages", async () => {
    const { clock, client, say } = limited(transport, { pageRecords: 20 })
    for (let n = 0; n < 45; n += 1) say(`m${n}`)
    const view = client.channel(channel).collection('messages').live()
    await clock.advance(2000)
    expect([view.state, view.records.length, view.hasOlder]).toEqual(['live', 20, true])
    while (view.hasOlder) {
      const loading = view.loadOlder()
      await clock.advance(100)
      await loading
    }
    expect(view.records.length).toBe(45)
    client.close()
  })

  test("[N03, LIM7] a view around a position opens although the server's pages are smaller than the view's", async () => {
    const { clock, client, say } = limited(transport, { pageRecords: 20 })
    for (let n = 0; n < 45; n += 1) say(`m${n}`)
    const view = client.channel(channel).collection('messages').live({ around: 20 })
    await clock.advance(2000)
    expect([view.state, view.records.length]).toEqual(['live', 20])
    client.close()
  })
})

test('[N03, RDG7] a long-poll asks for no longer wait than the server allows, so a message arrives at once', async () => {
  const { clock, client, server, say } = limited('long-poll', { waitSecondsMax: 20 })
  const view = client.channel(channel).collection('messages').live()
  await clock.advance(1000)
  say('m1')
  await clock.advance(100)
  expect(view.records.map(({ data }) => data.text)).toEqual(['m1'])
  const waits = server.requests.flatMap(({ path }) => /wait=(\d+)/.exec(path)?.[1] ?? [])
  expect(new Set(waits)).toEqual(new Set(['20']))
  client.close()
})

test('[N03, RDG8] more channels than one GET may name are polled by POST', async () => {
  const { clock, client, server } = limited('poll', { pollChannels: 2 })
  for (const name of ['chat:a', 'chat:b', 'chat:c']) client.channel(name).onSignal(() => undefined)
  await clock.advance(1000)
  const polls = server.requests.filter(({ path }) => path.startsWith('/v1/changes'))
  expect(new Set(polls.map(({ method }) => method))).toEqual(new Set(['POST']))
  client.close()
})

describe('large messages', () => {
  test('[LIM24, B31] a message over the size limit of the WebSocket is sent by REST, and the socket stays open', async () => {
    const { clock, client, server } = limited('websocket', { messageBytes: 16_384 })
    const view = client.channel(channel).collection('messages').live()
    await clock.advance(100)
    view.create({ text: 'é'.repeat(10_000) })
    view.create({ text: 'small' })
    await clock.advance(1000)
    expect(view.records.map(({ status }) => status)).toEqual(['acknowledged', 'acknowledged'])
    const created = client
      .channel(channel)
      .collection('messages')
      .create({ text: 'x'.repeat(20_000) })
    const signalled = client.channel(channel).signal('note', 'y'.repeat(20_000))
    await clock.advance(1000)
    await signalled
    expect((await created).data.text).toHaveLength(20_000)
    expect([client.state.name, server.connections]).toEqual(['open', 1])
    expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST'])
    client.close()
  })

  test('[CLO13, B31] a message that a gateway refuses with close code 1009 is sent again by REST', async () => {
    const { clock, client, server } = limited('websocket', {})
    const view = client.channel(channel).collection('messages').live()
    await clock.advance(10_000)
    // The server does not know of the gateway's limit of 32 KB.
    server.gatewayBytes = 32_768
    view.create({ text: 'x'.repeat(50_000) })
    await clock.advance(5000)
    expect(view.records.map(({ status }) => status)).toEqual(['acknowledged'])
    expect([client.state.name, server.connections]).toEqual(['open', 2])
    client.close()
  })
})

describe('lists of several pages', () => {
  test('[N04] myChannels returns the channels of all pages', async () => {
    const { clock, client, server } = limited('websocket', {})
    for (let n = 10; n < 70; n += 1) server.log(`team:c${n}`)
    const list = client.myChannels()
    await clock.advance(1000)
    expect((await list).map((mine) => mine.channel)).toEqual([...server.logs.keys()])
    client.close()
  })

  test.each<TransportName>(['sse', 'long-poll', 'poll'])(
    '[N18] the presence list over %s has the users of all pages',
    async (transport) => {
      const { clock, client, server } = limited(transport, { pageRecords: 5 })
      server.present = Array.from({ length: 12 }, (_, n) => ({ user: `user${n}`, since: 'x' }))
      const presence = client.channel(channel).presence()
      await clock.advance(1000)
      expect(presence.users).toHaveLength(12)
      server.present.push({ user: 'late', since: 'x' })
      if (transport !== 'sse') {
        await clock.advance(5000)
        expect(presence.users.at(-1)?.user).toBe('late')
      }
      client.close()
    },
  )
})
