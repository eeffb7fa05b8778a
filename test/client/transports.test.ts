/** The SDK against the real server, over each transport: the same view, the same promises. */
import { type Client, createClient, type LiveView, type TransportName } from 'dovetail-client'
import { afterEach, describe, expect, test } from 'vitest'
import { serving } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { when } from './when.ts'

const server = serving()
const transports: TransportName[] = ['websocket', 'sse', 'long-poll', 'poll']
const clients: Client[] = []
let channels = 0

async function clientOf(user: string, transport: TransportName): Promise<Client> {
  const client = createClient({ url: server.url, token: await tokenFor(user), transport, storage: null })
  clients.push(client)
  return client
}

afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})

/** A channel of its own for each test. */
function newChannel(): string {
  channels += 1
  return `chat:channel${channels}`
}

const texts = (view: LiveView): unknown[] => view.records.map(({ data }) => data.text)

describe.each(transports)('over %s', (transport) => {
  test('two people chat: page, changes, one’s own at once, edit, delete', async () => {
    const channel = newChannel()
    const [ana, bo] = [await clientOf('ana', transport), await clientOf('bo', transport)]
    await bo.channel(channel).collection('messages').create({ text: 'before' })
    const [hers, his] = [ana, bo].map((client) => client.channel(channel).collection('messages').live())
    if (hers === undefined || his === undefined) throw new Error('two views')
    await when(hers, (view) => view.state === 'live')
    await when(his, (view) => view.state === 'live')
    expect(texts(hers)).toEqual(['before'])
    hers.create({ text: 'hello' })
    expect(hers.records.at(-1)?.status).toBe('pending')
    await when(his, (view) => texts(view).includes('hello'))
    await when(hers, (view) => view.records.at(-1)?.status === 'acknowledged')
    const id = his.records.at(-1)?.record?.id ?? ''
    hers.update(id, { text: 'hello, all' })
    await when(his, (view) => texts(view).includes('hello, all'))
    hers.delete(id)
    await when(his, (view) => texts(view).join() === 'before')
    await when(hers, (view) => view.records.length === 1 && view.records[0]?.status === 'acknowledged')
    expect(ana.state).toMatchObject({ name: 'open', transport, user: 'ana' })
  })

  test('B53: 20 channels are followed on one connection; a page of history; a refused write says why', async () => {
    const ana = await clientOf('ana', transport)
    const prefix = newChannel()
    const name = (index: number) => `${prefix}-${index}`
    const views = Array.from({ length: 20 }, (_, index) =>
      ana.channel(name(index)).collection('messages').live({ limit: 2 }),
    )
    const author = await clientOf('bo', 'websocket')
    for (let index = 1; index <= 5; index += 1)
      await author
        .channel(name(7))
        .collection('messages')
        .create({ text: `m${index}` })
    const view = views[7] as LiveView
    await when(view, ({ state, records }) => state === 'live' && records.at(-1)?.data.text === 'm5')
    while (view.hasOlder) await view.loadOlder()
    expect(texts(view)).toEqual(['m1', 'm2', 'm3', 'm4', 'm5'])
    view.create({ text: '' })
    await when(view, ({ records }) => records.at(-1)?.status === 'failed')
    expect(view.records.at(-1)).toMatchObject({
      error: { code: 'invalid_data', status: 422, errors: [{ pointer: '/text' }] },
    })
  })

  test('signals and presence', async () => {
    const channel = newChannel()
    const [ana, bo] = [await clientOf('ana', transport), await clientOf('bo', 'websocket')]
    const present = bo.channel(channel).presence()
    await when(present, ({ users }) => users.some(({ user }) => user === 'bo'))
    const hers = ana.channel(channel).presence()
    await when(hers, ({ users }) => users.some(({ user }) => user === 'bo'))
    if (transport !== 'poll') await when(present, ({ users }) => users.length === 2)
    const heard = new Promise((resolve) => bo.channel(channel).onSignal(resolve))
    await when(bo, ({ state }) => state.name === 'open')
    // The listener's subscribe is answered before what follows it on the same socket.
    await bo.channel(channel).collection('messages').create({ text: 'ready' })
    await ana.channel(channel).signal('typing', { on: true })
    expect(await heard).toMatchObject({ type: 'typing', user: 'ana', data: { on: true } })
  })

  test('one is present from the start, once whatever else one follows, there only, and leaves at once', async () => {
    const [channel, other] = [newChannel(), newChannel()]
    const watcher = await server.connect('watcher')
    await watcher.subscribe(channel, { presence: true })
    await watcher.subscribe(other, { presence: true })
    const moves = (where: string) =>
      watcher
        .events('presence', where)
        .flatMap(({ join = [], leave = [] }) => [
          ...join.map(({ user }) => `+${user}`),
          ...leave.map((user) => `-${user}`),
        ])
    const ana = await clientOf('ana', transport)
    const present = ana.channel(channel).presence()
    await when(present, ({ users }) => users.some(({ user }) => user === 'ana'))
    present.setState({ mood: 'busy' })
    // The set of what is followed changes four times.
    for (const step of [0, 1]) {
      const view = ana.channel(other).collection('messages').live()
      await when(view, ({ state }) => state === 'live')
      await watcher.ok('create', { channel: other, collection: 'messages', data: { text: `${step}` } })
      await when(view, ({ records }) => records.length === step + 1)
      view.close()
    }
    const states = watcher.events('presence', channel).flatMap(({ state = [] }) => state)
    expect(states).toEqual([{ user: 'ana', state: { mood: 'busy' } }])
    present.close()
    // At once: long before what is not renewed would end by itself, after 30 s.
    const soon = { timeout: 10_000 }
    await expect.poll(() => moves(channel), soon).toEqual(['+ana', '-ana'])
    const again = ana.channel(channel).presence()
    await expect.poll(() => moves(channel), soon).toEqual(['+ana', '-ana', '+ana'])
    await when(again, ({ users }) => users.some(({ user }) => user === 'ana'))
    ana.close()
    await expect.poll(() => moves(channel), soon).toEqual(['+ana', '-ana', '+ana', '-ana'])
    expect(moves(other)).toEqual([])
  })

  test('a channel that one may not know of fails with not_found', async () => {
    const ana = await clientOf('ana', transport)
    const view = ana.channel('team:secret').collection('messages').live()
    await when(view, ({ state }) => state === 'failed')
    expect(view.error?.code).toBe('not_found')
  })
})
