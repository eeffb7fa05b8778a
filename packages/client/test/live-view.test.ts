import { describe, expect, test } from 'vitest'
import { channel, say, textsOf } from './support/chat.ts'
import { calm } from './support/fake-server.ts'
import { world } from './support/world.ts'

describe('a live view', () => {
  test('reads its first page and subscribes in one round trip', async () => {
    const { clock, server, client } = world()
    for (let i = 1; i <= 5; i += 1) server.commit(channel, 'bo', say(`m${i}`))
    const view = client.channel(channel).collection('messages').live({ limit: 3 })
    expect(view.state).toBe('loading')
    await clock.advance(10)
    expect(textsOf(view)).toEqual(['m3', 'm4', 'm5'])
    expect([view.state, view.hasOlder, client.state.name]).toEqual(['live', true, 'open'])
    expect(server.seen.map((frame) => frame.op)).toEqual(['hello', 'subscribe'])
    expect(server.requests).toEqual([])
    server.commit(channel, 'bo', say('m6'))
    await clock.advance(10)
    expect(textsOf(view)).toEqual(['m3', 'm4', 'm5', 'm6'])
    client.close()
    await clock.advance(10)
    expect([clock.pending, server.sockets.length]).toEqual([0, 0])
  })

  test('becomes live once it has caught up, also when the reply and the changes arrive in one turn', async () => {
    const { clock, server, client } = world()
    server.commit(channel, 'bo', say('m1'))
    const view = client.channel(channel).collection('messages').live({ limit: 3 })
    await clock.advance(10)
    server.cut()
    server.commit(channel, 'bo', say('missed'))
    await clock.advance(5000)
    expect(server.seen.at(-1)).toMatchObject({ op: 'subscribe', after: 'E1.1' })
    expect([textsOf(view), view.state]).toEqual([['m1', 'missed'], 'live'])
    client.close()
  })

  test('loads older pages back to the first record', async () => {
    const { clock, server, client } = world()
    for (let i = 1; i <= 7; i += 1) server.commit(channel, 'bo', say(`m${i}`))
    const view = client.channel(channel).collection('messages').live({ limit: 3 })
    await clock.advance(10)
    const both = [view.loadOlder(), view.loadOlder()]
    expect(view.loadingOlder).toBe(true)
    await clock.advance(10)
    await Promise.all(both)
    expect(textsOf(view)).toEqual(['m2', 'm3', 'm4', 'm5', 'm6', 'm7'])
    void view.loadOlder()
    await clock.advance(10)
    expect([textsOf(view).length, view.hasOlder, view.loadingOlder]).toEqual([7, false, false])
    expect(server.requests.map((request) => request.path)).toEqual([
      '/v1/channels/chat%3Ageneral/messages?before=5&limit=3',
      '/v1/channels/chat%3Ageneral/messages?before=2&limit=3',
    ])
    client.close()
  })

  test('[LIM31] reads by REST what of its first page had no room in the reply to the subscribe', async () => {
    const { clock, server, client } = world()
    for (let i = 1; i <= 7; i += 1) server.commit(channel, 'bo', say(`m${i}`))
    server.snapshotRecords = 2
    const view = client.channel(channel).collection('messages').live({ limit: 5 })
    await clock.advance(10)
    expect([textsOf(view), view.hasOlder]).toEqual([['m3', 'm4', 'm5', 'm6', 'm7'], true])
    expect(server.requests.map((request) => request.path)).toEqual([
      '/v1/channels/chat%3Ageneral/messages?before=6&limit=3',
    ])
    client.close()
  })

  test('[LIM31] reads its first page by REST where no record had room in the reply to the subscribe', async () => {
    const { clock, server, client } = world()
    for (let i = 1; i <= 3; i += 1) server.commit(channel, 'bo', say(`m${i}`))
    server.snapshotRecords = 0
    const view = client.channel(channel).collection('messages').live({ limit: 5 })
    await clock.advance(10)
    expect([textsOf(view), view.hasOlder, view.state]).toEqual([['m1', 'm2', 'm3'], false, 'live'])
    expect(server.requests.map((request) => request.path)).toEqual(['/v1/channels/chat%3Ageneral/messages?limit=5'])
    client.close()
  })

  test('a record deleted while an older page is being read does not come back with that page', async () => {
    const { clock, server, client } = world()
    for (let i = 1; i <= 6; i += 1) server.commit(channel, 'bo', say(`m${i}`))
    const view = client.channel(channel).collection('messages').live({ limit: 3 })
    await clock.advance(10)
    const victim = server.log(channel).all('messages')[1]
    server.weather = { ...calm, delay: () => 50 }
    void view.loadOlder()
    await clock.advance(60)
    server.weather = calm
    server.commit(channel, 'bo', { op: 'delete', collection: 'messages', recordId: victim?.id })
    await clock.advance(200)
    expect(textsOf(view)).toEqual(['m1', 'm3', 'm4', 'm5', 'm6'])
    client.close()
  })

  test('a view opened around a position grows both ways until it holds the newest record', async () => {
    const { clock, server, client } = world()
    for (let i = 1; i <= 20; i += 1) server.commit(channel, 'bo', say(`m${i}`))
    const view = client.channel(channel).collection('messages').live({ limit: 4, around: 10 })
    await clock.advance(20)
    expect([textsOf(view), view.hasOlder, view.hasNewer]).toEqual([['m8', 'm9', 'm10', 'm11'], true, true])
    server.commit(channel, 'bo', say('m21'))
    await clock.advance(20)
    expect(textsOf(view)).toEqual(['m8', 'm9', 'm10', 'm11'])
    void view.loadNewer(50)
    await clock.advance(20)
    expect([view.hasNewer, textsOf(view).at(-1)]).toEqual([false, 'm21'])
    server.commit(channel, 'bo', say('m22'))
    await clock.advance(20)
    expect(textsOf(view).at(-1)).toBe('m22')
    client.close()
  })

  test('resumes from its cursor after a lost connection, and is `offline` and `catching_up` meanwhile', async () => {
    const { clock, server, client } = world()
    server.commit(channel, 'bo', say('m1'))
    const view = client.channel(channel).collection('messages').live()
    await clock.advance(10)
    server.down = true
    server.cut()
    await clock.advance(100)
    expect([view.state, client.state.name]).toEqual(['offline', 'waiting'])
    server.commit(channel, 'bo', say('m2'))
    server.down = false
    await clock.advance(5000)
    expect([textsOf(view), view.state]).toEqual([['m1', 'm2'], 'live'])
    expect(server.seen.filter((frame) => frame.op === 'subscribe').at(-1)).toMatchObject({ after: 'E1.1' })
    client.close()
  })

  test('after a reset it reads the records again, and keeps the former rows until they arrive', async () => {
    const { clock, server, client } = world()
    server.commit(channel, 'bo', say('old'))
    const view = client.channel(channel).collection('messages').live()
    await clock.advance(10)
    server.restartLog(channel)
    server.commit(channel, 'bo', say('new'))
    const seen: unknown[] = []
    view.subscribe(() => seen.push(textsOf(view).join()))
    await clock.advance(50)
    expect([textsOf(view), view.state]).toEqual([['new'], 'live'])
    expect(new Set(seen)).toEqual(new Set(['old', 'new']))
    client.close()
  })

  test('repairs a gap by subscribing again from its own cursor', async () => {
    const { clock, server, client } = world()
    server.commit(channel, 'bo', say('m1'))
    const view = client.channel(channel).collection('messages').live()
    await clock.advance(10)
    server.log(channel).write('bo', say('m2')) // committed, but told to nobody
    server.commit(channel, 'bo', say('m3'))
    await clock.advance(20)
    expect(textsOf(view)).toEqual(['m1', 'm2', 'm3'])
    client.close()
  })

  test("a second view of a followed channel reads its page from the subscription's cursor on", async () => {
    const { clock, server, client } = world()
    server.commit(channel, 'bo', say('m1'))
    const messages = client.channel(channel).collection('messages')
    const first = messages.live()
    await clock.advance(10)
    const second = messages.live({ limit: 1 })
    await clock.advance(10)
    expect(textsOf(second)).toEqual(['m1'])
    expect(server.requests[0]?.headers.get('dovetail-at')).toBe('E1.1')
    first.close()
    server.commit(channel, 'bo', say('m2'))
    await clock.advance(10)
    expect([textsOf(second), server.subscriptions(channel)]).toEqual([['m1', 'm2'], 1])
    second.close()
    await clock.advance(10)
    expect([server.subscriptions(channel), client.state.name]).toEqual([0, 'idle'])
    client.close()
  })

  test('many opens and closes of a view within one tick end in the state of the last call', async () => {
    const { clock, server, client } = world()
    const messages = client.channel(channel).collection('messages')
    for (let i = 0; i < 50; i += 1) messages.live().close()
    const view = messages.live()
    await clock.advance(20)
    expect(server.seen.filter((frame) => frame.op === 'subscribe')).toHaveLength(1)
    for (let i = 0; i < 50; i += 1) messages.live().close()
    server.commit(channel, 'bo', say('m1'))
    await clock.advance(20)
    expect([textsOf(view), server.subscriptions(channel)]).toEqual([['m1'], 1])
    view.close()
    messages.live().close()
    await clock.advance(20)
    expect(server.subscriptions(channel)).toBe(0)
    client.close()
    expect(clock.pending).toBe(0)
  })

  test('shows the reason when it ended, and the error when it failed', async () => {
    const { clock, server, client } = world()
    const view = client.channel(channel).collection('messages').live()
    await clock.advance(20)
    server.sockets[0]?.send({ op: 'ended', channel, reason: 'forbidden' })
    await clock.advance(20)
    expect([view.state, view.reason]).toEqual(['ended', 'forbidden'])
    server.weather = { ...calm, refuse: () => ({ status: 404, code: 'not_found' }) }
    const secret = client.channel('team:secret').collection('messages').live()
    await clock.advance(20)
    expect([secret.state, secret.error?.code]).toEqual(['failed', 'not_found'])
    client.close()
  })

  test('the snapshot of a live view is the same object until something changes', async () => {
    const { clock, server, client } = world()
    const view = client.channel(channel).collection('messages').live()
    await clock.advance(20)
    const snapshot = view.getSnapshot()
    await clock.advance(10_000)
    expect(view.getSnapshot()).toBe(snapshot)
    server.commit(channel, 'bo', say('m1'))
    await clock.advance(20)
    expect(view.getSnapshot()).not.toBe(snapshot)
    client.close()
  })

  test("a page older than the subscription's cursor is not used but read again", async () => {
    const { clock, server, open } = world()
    for (const text of ['m1', 'm2']) server.commit(channel, 'bo', say(text))
    let stale = true
    const behind: typeof fetch = async (input, init) => {
      const answer = await server.fetch(input, init)
      if (!stale) return answer
      stale = false
      const page = (await answer.json()) as { records: unknown[] }
      return Response.json({ ...page, records: page.records.slice(0, 1), cursor: 'E1.1' })
    }
    const messages = open({ fetch: behind }).channel(channel).collection('messages')
    messages.live()
    await clock.advance(20)
    const second = messages.live()
    await clock.advance(5)
    expect(textsOf(second)).toEqual([])
    await clock.advance(2000)
    expect([stale, textsOf(second)]).toEqual([false, ['m1', 'm2']])
  })

  test.each(['poll', 'long-poll'] as const)(
    'an empty channel is polled over %s at the usual interval',
    async (transport) => {
      const { clock, server, client } = world({ transport, token: 'ana' })
      const view = client.channel(channel).collection('messages').live()
      await clock.advance(60_000)
      expect([view.state, server.requests.length]).toEqual(['live', expect.any(Number)])
      expect(server.requests.length).toBeLessThan(transport === 'poll' ? 70 : 10)
      server.commit(channel, 'bo', say('the first'))
      await clock.advance(3000)
      expect(textsOf(view)).toEqual(['the first'])
      client.close()
    },
  )

  test('a write acknowledged in a former epoch is not shown after the log began anew', async () => {
    const { clock, server, client } = world({ transport: 'sse', token: 'ana' })
    server.commit(channel, 'bo', say('old'))
    const view = client.channel(channel).collection('messages').live()
    await clock.advance(100)
    // The write is committed after 1 ms and answered 50 ms later, while the page of the new log takes 200.
    const delays = [1, 50, 100, 100]
    server.weather = { ...calm, delay: () => delays.shift() ?? 1 }
    view.create({ text: 'mine' })
    await clock.advance(5)
    server.restartLog(channel)
    server.log(channel).write('bo', say('new'))
    await clock.advance(1000)
    expect(textsOf(view)).toEqual(['new'])
    client.close()
  })
})
