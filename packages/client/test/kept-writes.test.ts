import { afterEach, expect, test, vi } from 'vitest'
import { messages, stored } from './support/chat.ts'
import { calm } from './support/fake-server.ts'
import { FakeLocks } from './support/fake-tabs.ts'
import { MemoryStorage, world } from './support/world.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

/** A client with a storage and no followed channel, whose server answers no write. */
function serverWithoutAnswers() {
  const storage = new MemoryStorage()
  const all = world({ storage, token: 'ana' })
  all.server.weather = { ...calm, fate: (method) => (method === 'GET' ? 'served' : 'lost') }
  return { ...all, storage }
}

test("a collection's own write waits in the storage, shows in a view, and settles when it is acknowledged", async () => {
  const { clock, server, client, storage } = serverWithoutAnswers()
  const view = messages(client).live()
  const created = messages(client).create({ text: 'm1' })
  expect(view.records.map(({ status, data }) => [status, data.text])).toEqual([['pending', 'm1']])
  server.down = true
  await clock.advance(60_000)
  expect(storage.length).toBe(1)
  server.down = false
  server.weather = calm
  await clock.advance(60_000)
  expect(await created).toMatchObject({ pos: 1, data: { text: 'm1' } })
  expect([stored(server), storage.length]).toEqual([['m1'], 0])
  client.close()
})

test('a kept write survives a reload with its key, and a call with the same key gets its outcome', async () => {
  const { clock, server, client, storage, open } = serverWithoutAnswers()
  const lost = messages(client).create({ text: 'm1' }, { key: 'mine' })
  lost.catch(() => undefined)
  await clock.advance(100)
  client.close()
  await expect(lost).rejects.toMatchObject({ code: 'closed' })
  expect(storage.length).toBe(1)
  server.weather = calm
  const again = open()
  const joined = messages(again).create({ text: 'm1' }, { key: 'mine' })
  await expect(messages(again).create({ text: 'other' }, { key: 'mine' })).rejects.toMatchObject({ code: 'key_reused' })
  await clock.advance(10_000)
  expect(await joined).toMatchObject({ data: { text: 'm1' } })
  expect([stored(server), storage.length]).toEqual([['m1'], 0])
  again.close()
})

test('a kept write survives a reload and is sent, also when no call repeats its key', async () => {
  const { clock, server, client, storage, open } = serverWithoutAnswers()
  messages(client)
    .create({ text: 'm1' })
    .catch(() => undefined)
  await clock.advance(100)
  client.close()
  server.weather = calm
  const again = open()
  await clock.advance(10_000)
  expect([stored(server), storage.length]).toEqual([['m1'], 0])
  again.close()
})

test('a refused write rejects with the reason, and is kept neither in the storage nor as a row', async () => {
  const storage = new MemoryStorage()
  const { clock, server, client } = world({ storage, token: 'ana' })
  const view = messages(client).live()
  await clock.advance(100)
  server.weather = { ...calm, refuse: () => ({ status: 422, code: 'invalid_data' }) }
  const created = messages(client).create({ text: '' })
  const updated = messages(client).update('x', { text: '' })
  created.catch(() => undefined)
  updated.catch(() => undefined)
  await clock.advance(100)
  await expect(created).rejects.toMatchObject({ code: 'invalid_data', status: 422 })
  await expect(updated).rejects.toMatchObject({ code: 'invalid_data' })
  expect([view.records, storage.length]).toEqual([[], 0])
  client.close()
})

test('update, replace and delete are kept in the storage too, with their preconditions', async () => {
  const storage = new MemoryStorage()
  const { clock, server, client } = world({ storage, token: 'ana', transport: 'websocket' })
  client.connect()
  await clock.advance(100)
  const done = (async () => {
    const { id, rev } = await messages(client).create({ text: 'one' })
    await messages(client).update(id, { text: 'two' }, { ifRev: rev })
    await messages(client).replace(id, { text: 'three' })
    await messages(client).delete(id)
  })()
  expect(storage.length).toBe(1)
  await clock.advance(1000)
  await done
  expect(server.seen.slice(1).map(({ op, ifRev }) => [op, ifRev])).toEqual([
    ['create', undefined],
    ['patch', 1],
    ['put', undefined],
    ['delete', undefined],
  ])
  expect([stored(server), storage.length]).toEqual([[], 0])
  client.close()
})

test('a write with `keep: false` is not stored, and is given up after five attempts', async () => {
  const { clock, client, storage } = serverWithoutAnswers()
  const created = messages(client).create({ text: 'now or never' }, { keep: false })
  created.catch(() => undefined)
  expect(storage.length).toBe(0)
  await clock.advance(120_000)
  await expect(created).rejects.toMatchObject({ code: 'network' })
  client.close()
})

test('a kept write rejects at once when the server refuses the caller for good', async () => {
  const { clock, server, client, storage } = serverWithoutAnswers()
  client.connect()
  const created = messages(client).create({ text: 'm1' })
  created.catch(() => undefined)
  server.refuseHello = 'unauthenticated'
  await clock.advance(1000)
  expect(client.state.name).toBe('auth_failed')
  await expect(created).rejects.toMatchObject({ code: 'unauthenticated' })
  await expect(messages(client).create({ text: 'm2' })).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(storage.length).toBe(0)
  client.close()
})

test("a suspended page's write that another tab takes over gives one record and one outcome", async () => {
  const target = new EventTarget()
  vi.stubGlobal('addEventListener', target.addEventListener.bind(target))
  vi.stubGlobal('document', { visibilityState: 'visible' })
  vi.stubGlobal('navigator', { locks: new FakeLocks(), onLine: true })
  const { clock, server, client, storage, open } = serverWithoutAnswers()
  const created = messages(client).create({ text: 'm1' })
  await clock.advance(100)
  target.dispatchEvent(new Event('pagehide'))
  await clock.advance(100)
  const other = open()
  await clock.advance(100)
  server.weather = calm
  await clock.advance(10_000)
  target.dispatchEvent(new Event('resume'))
  await clock.advance(60_000)
  expect(await created).toMatchObject({ data: { text: 'm1' } })
  expect([stored(server), storage.length]).toEqual([['m1'], 0])
  for (const each of [client, other]) each.close()
})
