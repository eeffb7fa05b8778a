import { describe, expect, test } from 'vitest'
import { channel, messages, rowsOf, say, stored } from './support/chat.ts'
import { calm } from './support/fake-server.ts'
import { MemoryStorage, world } from './support/world.ts'

/** A client with a storage and an open view, whose server cannot be reached. */
async function offline(texts: readonly string[] = []) {
  const storage = new MemoryStorage()
  const all = world({ storage })
  texts.forEach((text, index) => void all.server.commit(channel, 'ana', say(text, `r${index}`)))
  const view = messages(all.client).live()
  await all.clock.advance(10)
  all.server.down = true
  all.server.cut()
  await all.clock.advance(10)
  return { ...all, storage, view }
}

describe('[N12] an edit of an unsent create', () => {
  test('an edit becomes part of the unsent create, and nothing is left in the storage', async () => {
    const { clock, server, storage, view, client } = await offline()
    const key = view.create({ text: 'helo', mood: 1 })
    expect(view.update(key, { text: 'hello', mood: null })).toBe(key)
    expect(rowsOf(view)).toEqual(['pending hello'])
    server.down = false
    await clock.advance(60_000)
    expect([
      server
        .log(channel)
        .all('messages')
        .map(({ data }) => data),
      rowsOf(view),
      storage.length,
    ]).toEqual([[{ text: 'hello' }], ['acknowledged hello'], 0])
    expect(view.update(key, { text: 'by its row key' })).toBe(key)
    await clock.advance(100)
    expect(stored(server)).toEqual(['by its row key'])
    client.close()
  })

  test('a create deleted before it was sent is not sent at all', async () => {
    const { clock, server, storage, view, client } = await offline()
    view.delete(view.create({ text: 'never mind' }))
    expect([rowsOf(view), storage.length]).toEqual([[], 0])
    server.down = false
    await clock.advance(60_000)
    expect(stored(server)).toEqual([])
    client.close()
  })

  test.each(['update', 'delete'] as const)(
    'while a create has no answer, its %s waits for the record id, also over a reload',
    async (op) => {
      const storage = new MemoryStorage()
      const { clock, server, client, open } = world({ storage })
      const view = messages(client).live()
      await clock.advance(10)
      const key = view.create({ text: 'helo' })
      await clock.advance(1) // Committed; the answer is on its way, and never comes.
      server.down = true
      server.cut()
      if (op === 'update') view.update(key, { text: 'hello' })
      else view.delete(key)
      expect(view.records.map(({ data }) => data.text)).toEqual([op === 'update' ? 'hello' : 'helo'])
      client.close()
      server.down = false
      const again = open()
      const next = messages(again).live()
      await clock.advance(60_000)
      expect([stored(server), rowsOf(next), storage.length]).toEqual(
        op === 'update' ? [['hello'], ['acknowledged hello'], 0] : [[], [], 0],
      )
      again.close()
    },
  )

  test('a refused create absorbs its edits: sent again, it has the edited data', async () => {
    const { clock, server, client } = world()
    const view = messages(client).live()
    await clock.advance(10)
    server.weather = {
      ...calm,
      delay: () => 20,
      refuse: (op) => (op === 'create' ? { status: 422, code: 'invalid_data' } : null),
    }
    const key = view.create({ text: '' })
    await clock.advance(5)
    view.update(key, { text: 'better' })
    await clock.advance(100)
    expect(rowsOf(view)).toEqual(['failed better'])
    server.weather = calm
    view.retry(key)
    await clock.advance(100)
    expect(rowsOf(view)).toEqual(['acknowledged better'])
    client.close()
  })

  test('an edit of a record whose channel was deleted is dropped from the storage', async () => {
    const { clock, server, storage, view, client } = await offline(['one'])
    view.update('r0', { text: 'two' })
    server.log(channel).restart('anew')
    server.log(channel).write('bo', say('of the new channel'))
    server.down = false
    await clock.advance(60_000)
    expect([rowsOf(view), storage.length]).toEqual([['acknowledged of the new channel'], 0])
    client.close()
  })

  test('a refused edit has a row that can be discarded, also if its record is not loaded', async () => {
    const storage = new MemoryStorage()
    const { clock, server, client, open } = world({ storage })
    for (let i = 0; i < 5; i += 1) server.commit(channel, 'ana', say(`m${i}`, `r${i}`))
    const view = messages(client).live()
    await clock.advance(10)
    server.weather = { ...calm, refuse: (op) => (op === 'patch' ? { status: 403, code: 'forbidden' } : null) }
    const key = view.update('r0', { text: 'edited' })
    await clock.advance(10)
    client.close()
    const again = open()
    const next = messages(again).live({ limit: 2 })
    await clock.advance(10)
    expect(rowsOf(next)).toEqual(['acknowledged m3', 'acknowledged m4', 'failed edited'])
    expect(next.records.at(-1)).toMatchObject({ key, op: 'update', record: null, error: { code: 'forbidden' } })
    next.discard(key)
    expect([rowsOf(next).length, storage.length]).toEqual([2, 0])
    again.close()
  })

  test('an edit with an invalid record id is refused at once', async () => {
    const { client } = world()
    expect(() => messages(client).live().update('..', { text: 'x' })).toThrow(/invalid_name/)
    client.close()
  })
})

describe('[N15] a write that has no answer for long', () => {
  async function sending() {
    const all = world({ transport: 'sse', token: 'ana' })
    const view = messages(all.client).live()
    await all.clock.advance(1000)
    all.server.weather = { ...calm, fate: (method) => (method === 'POST' ? 'unanswered' : 'served') }
    view.create({ text: 'one' })
    await all.clock.advance(50)
    return { ...all, view }
  }

  test('an unanswered write hides no record that the same user wrote on another device', async () => {
    const { clock, server, client, view } = await sending()
    for (const text of ['two', 'three']) server.commit(channel, 'ana', say(text))
    await clock.advance(100)
    expect(rowsOf(view)).toEqual(['acknowledged two', 'acknowledged three', 'pending one'])
    client.close()
  })

  test('an unanswered write is shown once, first pending, then as its record; the same text from another device is another row', async () => {
    const { clock, server, client, view } = await sending()
    server.commit(channel, 'ana', say('one'))
    await clock.advance(100)
    expect(rowsOf(view)).toEqual(['acknowledged one', 'pending one'])
    await clock.advance(2000)
    expect(rowsOf(view)).toEqual(['acknowledged one', 'acknowledged one'])
    server.weather = calm
    await clock.advance(60_000)
    expect([rowsOf(view), stored(server)]).toEqual([
      ['acknowledged one', 'acknowledged one'],
      ['one', 'one'],
    ])
    client.close()
    await clock.advance(0)
    expect(clock.pending).toBe(0)
  })
})

describe('[B61] many unsent writes', () => {
  test('4,772 unsent writes cost in proportion to their number, and are stored one by one', async () => {
    const { storage, view, client } = await offline()
    let shown = 0
    view.subscribe(() => {
      shown = view.records.length
    })
    const costOf = async (from: number, to: number): Promise<number> => {
      const before = process.cpuUsage()
      for (let index = from; index < to; index += 1) {
        view.create({ text: `m${index}` })
        if (index % 10 === 0) await Promise.resolve() // The view is drawn.
      }
      const { user, system } = process.cpuUsage(before)
      return user + system
    }
    const first = await costOf(0, 1193)
    await costOf(1193, 3579)
    const last = await costOf(3579, 4772)
    await Promise.resolve()
    expect([shown, storage.length]).toEqual([4772, 4772])
    // A queue that is copied for each write makes the last quarter seven times as dear as the first.
    expect(last / first).toBeLessThan(4)
    client.close()
  })

  test('the view and the collection refuse a write over the outbox limit, and take writes again once it has emptied', async () => {
    const { clock, server, open } = world({ storage: new MemoryStorage(), outboxLimit: 2 })
    const client = open()
    const view = messages(client).live()
    await clock.advance(10)
    server.down = true
    server.cut()
    await clock.advance(10)
    view.create({ text: 'm1' })
    const key = view.create({ text: 'm2' })
    expect(() => view.create({ text: 'm3' })).toThrow(expect.objectContaining({ code: 'outbox_full' }))
    await expect(messages(client).create({ text: 'm3' })).rejects.toMatchObject({ code: 'outbox_full' })
    view.discard(key)
    view.create({ text: 'm3' })
    expect(rowsOf(view)).toEqual(['pending m1', 'pending m3'])
    client.close()
  })
})

describe('[B31] every write ends as acknowledged or failed', () => {
  test('a write that a proxy refuses each time fails, and the next writes are sent', async () => {
    const { clock, server, client } = world({ transport: 'sse', token: 'ana' })
    const view = messages(client).live()
    await clock.advance(1000)
    const { fetch } = server
    let refusals = 0
    const blocked: typeof globalThis.fetch = async (input, init) => {
      if (!String(init?.body ?? '').includes('blocked')) return fetch(input, init)
      refusals += 1
      return new Response('<html>no</html>', { status: 451 })
    }
    client.close()
    const behindFirewall = world({ server, transport: 'sse', token: 'ana', fetch: blocked })
    const next = messages(behindFirewall.client).live()
    await clock.advance(1000)
    next.create({ text: 'blocked' })
    next.create({ text: 'fine' })
    await clock.advance(300_000)
    expect([rowsOf(next), refusals]).toEqual([['acknowledged fine', 'failed blocked'], 5])
    expect(view.records).toHaveLength(0)
    behindFirewall.client.close()
  })

  test('a write that breaks the WebSocket each time is sent by REST', async () => {
    const { clock, server, client } = world()
    const view = messages(client).live()
    await clock.advance(10)
    server.weather = {
      ...calm,
      refuse: (op) => {
        if (op === 'create') server.cut(1006)
        return null
      },
    }
    view.create({ text: 'deadly' })
    await clock.advance(60_000)
    expect([rowsOf(view), server.requests.some(({ method }) => method === 'POST')]).toEqual([
      ['acknowledged deadly'],
      true,
    ])
    client.close()
  })

  test('a write that waits for the cursor of an unreadable channel is sent', async () => {
    const { clock, server, client } = world()
    server.weather = { ...calm, refuse: (op) => (op === 'subscribe' ? { status: 403, code: 'forbidden' } : null) }
    const view = messages(client).live()
    view.create({ text: 'm1' })
    await clock.advance(1000)
    expect([view.state, stored(server)]).toEqual(['failed', ['m1']])
    client.close()
  })

  test('a write that waits for the cursor of a closed view is sent', async () => {
    const { clock, server, client } = world()
    const view = messages(client).live()
    view.create({ text: 'm1' })
    view.close()
    await clock.advance(1000)
    expect(stored(server)).toEqual(['m1'])
    client.close()
  })
})
