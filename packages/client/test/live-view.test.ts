import { describe, expect, test } from 'vitest'
import { calm } from './support/fake-server.ts'
import { world } from './support/world.ts'

const channel = 'chat:general'
const say = (text: string) => ({ op: 'create', collection: 'messages', data: { text } })
const textsOf = (view: { records: readonly { data: Record<string, unknown> }[] }) =>
  view.records.map((entry) => entry.data.text)

describe('a live view', () => {
  test('joins page and stream in one round trip', async () => {
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

  test('is live once it has caught up, also where reply and changes come in one turn', async () => {
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

  test('loads older pages, up to the first record', async () => {
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

  test('a record deleted while an older page is under way does not come back with it', async () => {
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

  test('opened around a position, it grows both ways until it meets the newest', async () => {
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

  test('resumes by cursor after a break, and says so meanwhile', async () => {
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

  test('a reset is read anew; what was shown stays until then', async () => {
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

  test('a gap is healed from its own cursor', async () => {
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

  test('a second view of a followed channel reads its page from where the first one stands', async () => {
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

  test('flips within a tick settle to what was last said', async () => {
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

  test('ends with the reason, fails with the error', async () => {
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

  test('its snapshot is the same object until something changes', async () => {
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

  test('a page from before where the subscription stands is not taken: it is asked for again', async () => {
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

  test('what is acknowledged in a former epoch, after the log began anew, is not shown in the new one', async () => {
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
