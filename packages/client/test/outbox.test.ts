import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { channel, messages, rowsOf, stored } from './support/chat.ts'
import { calm } from './support/fake-server.ts'
import { MemoryStorage, world } from './support/world.ts'

describe("a view's own writes", () => {
  test('own writes are shown at once, keep their row key, and are acknowledged', async () => {
    const { clock, client } = world()
    const view = messages(client).live()
    await clock.advance(10)
    const key = view.create({ text: 'hello' })
    expect(rowsOf(view)).toEqual(['pending hello'])
    await clock.advance(10)
    expect(rowsOf(view)).toEqual(['acknowledged hello'])
    expect(view.records[0]?.key).toBe(key)
    client.close()
  })

  test('an own write is never shown beside its own change, whichever of change and reply comes first', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const { clock, server, client, random } = world({ seed })
      server.weather = { ...calm, delay: () => Math.floor(random() * 40) }
      const view = messages(client).live()
      await clock.advance(200)
      let most = 0
      view.subscribe(() => {
        most = Math.max(most, view.records.length)
      })
      for (let i = 0; i < 5; i += 1) view.create({ text: `m${i}` })
      for (let i = 0; i < 60; i += 1) {
        await clock.advance(10)
        most = Math.max(most, view.records.length)
      }
      expect([most, stored(server), rowsOf(view).length]).toEqual([5, ['m0', 'm1', 'm2', 'm3', 'm4'], 5])
      client.close()
    }
  })

  test('a pending update or delete shows in its row, and is undone when discarded', async () => {
    const { clock, server, client } = world()
    server.commit(channel, 'ana', {
      op: 'create',
      collection: 'messages',
      recordId: 'x',
      data: { text: 'one', mood: 1 },
    })
    const view = messages(client).live()
    await clock.advance(10)
    const key = view.update('x', { text: 'two', mood: null })
    expect(view.records[0]).toMatchObject({
      status: 'pending',
      op: 'update',
      data: { text: 'two' },
      record: { rev: 1 },
    })
    await clock.advance(10)
    expect(view.records[0]).toMatchObject({ status: 'acknowledged', data: { text: 'two' }, record: { rev: 2 } })
    server.weather = { ...calm, refuse: (op) => (op === 'delete' ? { status: 403, code: 'forbidden' } : null) }
    view.delete('x')
    await clock.advance(10)
    expect(view.records[0]).toMatchObject({ status: 'failed', op: 'delete', error: { code: 'forbidden', status: 403 } })
    view.discard(key)
    expect(rowsOf(view)).toEqual(['acknowledged two'])
    view.delete('x')
    server.weather = calm
    await clock.advance(10)
    view.retry(key)
    await clock.advance(10)
    expect(rowsOf(view)).toEqual([])
    client.close()
  })

  test('a refused write shows the reason and can be sent again; the next writes are not held up', async () => {
    const { clock, server, client } = world()
    const view = messages(client).live()
    await clock.advance(10)
    server.weather = { ...calm, refuse: (op) => (op === 'create' ? { status: 422, code: 'invalid_data' } : null) }
    const key = view.create({ text: 'bad' })
    await clock.advance(10)
    server.weather = calm
    view.create({ text: 'good' })
    await clock.advance(10)
    expect(rowsOf(view)).toEqual(['acknowledged good', 'failed bad'])
    view.retry(key)
    await clock.advance(10)
    expect(stored(server)).toEqual(['good', 'bad'])
    client.close()
  })

  test('writes made offline are sent in order after a reconnect, each once, also if a reply was lost', async () => {
    const { clock, server, client } = world()
    const view = messages(client).live()
    await clock.advance(10)
    view.create({ text: 'm1' })
    await clock.advance(1) // arrived and committed; the reply is on its way
    server.cut()
    server.down = true
    await clock.advance(10)
    expect(stored(server)).toEqual(['m1'])
    view.create({ text: 'm2' })
    view.create({ text: 'm3' })
    expect(rowsOf(view)).toEqual(['pending m1', 'pending m2', 'pending m3'])
    server.down = false
    await clock.advance(3000)
    expect(stored(server)).toEqual(['m1', 'm2', 'm3'])
    expect(rowsOf(view)).toEqual(['acknowledged m1', 'acknowledged m2', 'acknowledged m3'])
    client.close()
  })

  test('writes over the rate limit wait as long as the server says, and keep their order', async () => {
    const { clock, server, client } = world()
    const view = messages(client).live()
    await clock.advance(10)
    server.weather = {
      ...calm,
      refuse: (op) => (op === 'create' ? { status: 429, code: 'rate_limited', retryAfter: 7 } : null),
    }
    view.create({ text: 'm1' })
    view.create({ text: 'm2' })
    await clock.advance(6900)
    expect(server.seen.filter((frame) => frame.op === 'create')).toHaveLength(1)
    server.weather = calm
    await clock.advance(1000)
    expect(stored(server)).toEqual(['m1', 'm2'])
    client.close()
  })

  test('unacknowledged writes survive a reload, and are shown once although their record is in the page', async () => {
    const storage = new MemoryStorage()
    const { clock, server, client, open } = world({ storage })
    const view = messages(client).live()
    await clock.advance(10)
    view.create({ text: 'm1' })
    await clock.advance(1)
    server.down = true
    view.create({ text: 'm2' })
    client.close() // the page goes, with one write committed but unanswered, and one unsent
    server.down = false
    const again = open()
    const next = messages(again).live()
    const shown = new Set<string>()
    next.subscribe(() => shown.add(rowsOf(next).join()))
    await clock.advance(50)
    expect(rowsOf(next)).toEqual(['acknowledged m1', 'acknowledged m2'])
    expect(stored(server)).toEqual(['m1', 'm2'])
    for (const rows of shown) expect(rows.split('m1').length).toBeLessThanOrEqual(2)
    again.close()
    expect(storage.length).toBe(0)
  })

  test.each(['no storage', 'a full one'])(
    'with %s, unacknowledged writes are not lost when the page is shown again',
    async (how) => {
      const target = new EventTarget()
      vi.stubGlobal('addEventListener', target.addEventListener.bind(target))
      vi.stubGlobal('document', { visibilityState: 'visible' })
      onTestFinished(() => void vi.unstubAllGlobals())
      const full = new MemoryStorage()
      full.setItem = () => {
        throw new DOMException('full', 'QuotaExceededError')
      }
      const { clock, server, client } = world({ storage: how === 'no storage' ? null : full })
      const view = messages(client).live()
      await clock.advance(10)
      server.down = true
      server.cut()
      await clock.advance(10)
      view.create({ text: 'm1' })
      for (const event of ['visibilitychange', 'pagehide', 'visibilitychange']) target.dispatchEvent(new Event(event))
      expect(rowsOf(view)).toEqual(['pending m1'])
      server.down = false
      await clock.advance(60_000)
      expect([rowsOf(view), stored(server)]).toEqual([['acknowledged m1'], ['m1']])
      client.close()
    },
  )

  test('edits of a record that others deleted meanwhile are dropped, since no row could show their failure', async () => {
    const storage = new MemoryStorage()
    const { clock, server, client } = world({ storage })
    server.commit(channel, 'ana', { op: 'create', collection: 'messages', recordId: 'x', data: { text: 'one' } })
    const view = messages(client).live()
    await clock.advance(10)
    server.down = true
    server.cut()
    await clock.advance(10)
    view.update('x', { text: 'two' })
    view.create({ text: 'three' })
    server.commit(channel, 'bo', { op: 'delete', collection: 'messages', recordId: 'x' })
    server.down = false
    await clock.advance(60_000)
    expect([rowsOf(view), storage.length]).toEqual([['acknowledged three'], 0])
    client.close()
  })

  test('unsent writes of another user are neither shown nor sent', async () => {
    const storage = new MemoryStorage()
    const { clock, server, client, open } = world({ storage })
    const view = messages(client).live()
    await clock.advance(10)
    server.down = true
    server.cut()
    await clock.advance(10)
    view.create({ text: 'from ana' })
    client.close()
    server.down = false
    server.user = 'bo'
    const other = open()
    const theirs = messages(other).live()
    await clock.advance(50)
    expect([rowsOf(theirs), stored(server)]).toEqual([[], []])
    other.close()
    server.user = 'ana'
    const back = open()
    messages(back).live()
    await clock.advance(50)
    expect(stored(server)).toEqual(['from ana'])
    back.close()
  })

  test('unacknowledged writes are sent by REST, with the same key, when no socket is open', async () => {
    const { clock, server, client } = world()
    server.weather = {
      ...calm,
      fate: (method) => (method === 'POST' && server.requests.length === 0 ? 'unanswered' : 'served'),
    }
    const created = messages(client).create({ text: 'm1' })
    await clock.advance(5000)
    expect(await created).toMatchObject({ pos: 1, data: { text: 'm1' } })
    const keys = server.requests.map((request) => request.headers.get('idempotency-key'))
    expect([keys.length, new Set(keys).size, stored(server)]).toEqual([2, 1, ['m1']])
    client.close()
  })
})
