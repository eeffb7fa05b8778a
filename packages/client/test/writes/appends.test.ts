/** Appends that wait in the outbox: offline, over a reload, beside edits and deletes of the same record. */
import { expect, test } from 'vitest'
import type { LiveView, TransportName } from '../../src/index.ts'
import { channel, messages, rowsOf, say } from '../support/chat.ts'
import { seeded } from '../support/fake-clock.ts'
import { calm, type Weather } from '../support/fake-server.ts'
import { MemoryStorage, world } from '../support/world.ts'

async function opened(storage = new MemoryStorage()) {
  const all = world({ storage, token: 'ana' })
  all.server.commit(channel, 'ana', say('Once', 'r1'))
  const view = messages(all.client).live()
  await all.clock.advance(10)
  return { ...all, storage, view, collection: messages(all.client) }
}

const textOf = (server: Awaited<ReturnType<typeof opened>>['server']) =>
  server
    .log(channel)
    .all('messages')
    .map(({ data }) => (data as { text: string }).text)

test('appends while offline are shown at once, go together, and are stored once, in order with other writes', async () => {
  const { clock, server, client, storage, view, collection } = await opened()
  server.down = true
  server.cut()
  await clock.advance(10)
  const done = [' upon', ' a', ' time'].map((piece) => collection.append('r1', '/text', piece))
  await clock.advance(0)
  expect([rowsOf(view), storage.length]).toEqual([['pending Once upon a time'], 1])
  view.update('r1', { text: 'Twice' })
  const last = collection.append('r1', '/text', ' more')
  await clock.advance(0)
  expect([rowsOf(view), storage.length]).toEqual([['pending Twice more'], 3])
  server.down = false
  await clock.advance(60_000)
  await Promise.all([...done, last])
  expect([textOf(server), rowsOf(view), storage.length]).toEqual([['Twice more'], ['acknowledged Twice more'], 0])
  client.close()
})

test('an append waits for the create that its row shows, by the key of that row', async () => {
  const { clock, server, client, storage, view, collection } = await opened()
  server.down = true
  server.cut()
  await clock.advance(10)
  const key = view.create({ text: 'Two' })
  const done = collection.append(key, '/text', ' words')
  await clock.advance(0)
  expect(rowsOf(view)).toEqual(['acknowledged Once', 'pending Two words'])
  server.down = false
  await clock.advance(60_000)
  await done
  expect([textOf(server), storage.length]).toEqual([['Once', 'Two words'], 0])
  client.close()
})

test('an append survives a reload with its key, and is shown by the next page before it is sent', async () => {
  const { clock, server, client, storage, collection, open } = await opened()
  server.weather = { ...calm, fate: () => 'unanswered' }
  collection.append('r1', '/text', ' upon').catch(() => undefined)
  await clock.advance(100)
  server.down = true
  server.cut()
  collection.append('r1', '/text', ' a time').catch(() => undefined)
  await clock.advance(10)
  client.close()
  server.down = false
  server.weather = calm
  const again = open()
  const view = messages(again).live()
  await clock.advance(60_000)
  expect([textOf(server), rowsOf(view), storage.length]).toEqual([
    ['Once upon a time'],
    ['acknowledged Once upon a time'],
    0,
  ])
  again.close()
})

test('text that is refused takes along what waits behind it, up to the next other write, and leaves no row', async () => {
  const { clock, server, client, storage, view, collection } = await opened()
  server.down = true
  server.cut()
  await clock.advance(10)
  const pieces = [collection.append('r1', '/none', 'x'), collection.append('r1', '/text', ' lost')]
  const refused = pieces.map((piece) => expect(piece).rejects.toMatchObject({ code: 'invalid_data' }))
  view.update('r1', { text: 'Twice' })
  const kept = collection.append('r1', '/text', ' kept')
  server.down = false
  await clock.advance(60_000)
  await Promise.all([...refused, kept])
  expect([textOf(server), rowsOf(view), storage.length]).toEqual([['Twice kept'], ['acknowledged Twice kept'], 0])
  client.close()
})

test('a create that is refused keeps in its row what was appended to it', async () => {
  const { clock, server, client, view, collection } = await opened()
  server.down = true
  server.cut()
  await clock.advance(10)
  const key = view.create({ text: 'No' })
  const piece = expect(collection.append(key, '/text', ' way')).rejects.toMatchObject({ code: 'forbidden' })
  server.weather = { ...calm, refuse: (what) => (what === 'create' ? { status: 403, code: 'forbidden' } : null) }
  server.down = false
  await clock.advance(60_000)
  await piece
  expect(rowsOf(view)).toEqual(['acknowledged Once', 'failed No way'])
  client.close()
})

test('without a storage, or with keep: false, text is sent at once and given up after five attempts', async () => {
  const { clock, server, client, storage, collection } = await opened()
  server.down = true
  server.cut()
  await clock.advance(10)
  const piece = expect(collection.append('r1', '/text', 'x', { keep: false })).rejects.toMatchObject({
    code: 'network',
  })
  await clock.advance(120_000)
  await piece
  expect(storage.length).toBe(0)
  client.close()
})

/** Slow, lost and refused requests, from one seed. */
function stormy(random: () => number): Weather {
  return {
    delay: () => Math.floor(random() ** 3 * 300),
    fate: () => (random() < 0.1 ? 'lost' : random() < 0.1 ? 'unanswered' : 'served'),
    refuse: () => (random() < 0.04 ? { status: 503, code: 'store_unavailable', retryAfter: 0.2 } : null),
    slip: () => (random() < 0.1 ? -Math.ceil(random() * 4) : 0),
  }
}

/** The marks in a text, such as `<7>`. */
const marksIn = (text: string): readonly string[] => text.match(/<\d+>/g) ?? []

const ids = ['r0', 'r1', 'r2'] as const

interface Run extends Pick<ReturnType<typeof world>, 'server' | 'client'> {
  readonly random: () => number
  readonly view: LiveView
  /** The marks whose append was acknowledged, by record. */
  readonly acknowledged: Map<string, string[]>
}

/** One of the things that may come between. */
function step({ server, client, random, view, acknowledged }: Run, index: number): void {
  const id = ids[Math.floor(random() * ids.length)] ?? 'r0'
  const dice = random()
  const isShown = view.records.some(({ record }) => record?.id === id)
  if (dice < 0.45) {
    const mark = `<${index}>`
    messages(client)
      .append(id, '/log', mark)
      .then(
        () => acknowledged.set(id, [...(acknowledged.get(id) ?? []), mark]),
        () => undefined,
      )
  } else if (dice < 0.5)
    messages(client)
      .append(id, '/none', 'x')
      .catch(() => undefined)
  else if (dice < 0.6 && isShown) view.update(id, { text: `ana ${index}` })
  else if (dice < 0.62 && isShown) view.delete(id)
  else if (dice < 0.75) someoneWrites(server, id, index, random() < 0.5)
  else if (dice < 0.8) server.cut()
  else if (dice < 0.84) server.down = !server.down
}

function someoneWrites(server: Run['server'], recordId: string, index: number, appends: boolean): void {
  const all = server.log(channel).all('messages')
  if (!all.some(({ id }) => id === recordId)) return
  const write = { collection: 'messages', recordId }
  const data = [{ op: 'append', path: '/log', value: `<${1000 + index}>` }]
  if (appends) server.commit(channel, 'bo', { op: 'append', ...write, data })
  else server.commit(channel, 'bo', { op: 'patch', ...write, data: { text: `bo ${index}` } })
}

/** Resolves with how many appends were acknowledged. */
async function simulate(seed: number, transport: TransportName): Promise<number> {
  const random = seeded(seed)
  const storage = new MemoryStorage()
  const { clock, server, client } = world({ seed, transport, token: 'ana', storage })
  for (const recordId of ids)
    server.commit(channel, 'ana', { op: 'create', collection: 'messages', recordId, data: { text: '', log: '' } })
  server.weather = stormy(random)
  const view = messages(client).live()
  const run: Run = { server, client, random, view, acknowledged: new Map() }
  let doubled: string | null = null
  const check = () => {
    doubled ??= view.records.map(({ data }) => String(data.log)).find(hasDoubles) ?? null
  }
  view.subscribe(check)
  for (let index = 0; index < 60; index += 1) {
    step(run, index)
    await clock.advance(Math.floor(random() * 150))
    check()
  }
  expect(doubled, `seed ${seed}`).toBeNull()
  server.weather = calm
  server.down = false
  await clock.advance(300_000)
  expectFreshRead(run, seed)
  expect(storage.length).toBe(0)
  client.close()
  await clock.advance(0)
  return [...run.acknowledged.values()].flat().length
}

function hasDoubles(log: string): boolean {
  const marks = marksIn(log)
  return new Set(marks).size !== marks.length
}

/** The view is as the server has it, and each acknowledged text is there once, in its order. */
function expectFreshRead({ server, view, acknowledged }: Run, seed: number): void {
  for (const entry of view.records) if (entry.status === 'failed') view.discard(entry.key)
  const all = server.log(channel).all('messages')
  expect(
    view.records.map(({ record, status }) => [status, record]),
    `seed ${seed}`,
  ).toEqual(all.map((record) => ['acknowledged', record]))
  for (const { id, data } of all) {
    const { log } = data as { log: string }
    const own = acknowledged.get(id) ?? []
    expect(hasDoubles(log), `seed ${seed}`).toBe(false)
    expect(
      marksIn(log).filter((mark) => own.includes(mark)),
      `seed ${seed}`,
    ).toEqual(own)
  }
}

test.each<TransportName>(['websocket', 'sse', 'long-poll', 'poll'])(
  'over %s, whatever comes between appends, edits and deletes: nothing twice, and in the end a fresh read',
  { timeout: 120_000 },
  async (transport) => {
    const count = Number(process.env.SIMULATIONS ?? 25)
    let acknowledged = 0
    for (let seed = 1; seed <= count; seed += 1) acknowledged += await simulate(seed, transport)
    expect(acknowledged).toBeGreaterThan(count * 10)
  },
)
