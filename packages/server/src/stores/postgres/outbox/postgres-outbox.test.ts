import pg from 'pg'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { databases, openStore } from '../connection/databases.fixture.ts'
import { PostgresOutbox } from './postgres-outbox.ts'

const made = databases()

async function world() {
  const url = await made.create()
  await openStore(url)
  const open = (): PostgresOutbox => {
    const outbox = new PostgresOutbox({ url })
    onTestFinished(() => outbox.close())
    return outbox
  }
  const connect = async (as = url): Promise<pg.Client> => {
    const client = new pg.Client(as)
    await client.connect()
    onTestFinished(() => client.end().catch(() => undefined))
    return client
  }
  return { url, open, connect }
}

const publish = (client: pg.Client, channel: string, text: string) =>
  client.query('SELECT dovetail.publish($1, $2, $3::jsonb)', [channel, 'messages', JSON.stringify({ text })])

const textsOf = async (outbox: PostgresOutbox): Promise<string[]> =>
  (await outbox.waiting(100)).map(({ data }) => JSON.parse(data ?? '{}').text)

describe('the outbox of PostgreSQL', () => {
  test('[OUT1] what an open transaction leaves is not seen, what rolls back never, what commits with all its parts', async () => {
    const { open, connect } = await world()
    const [outbox, client] = [open(), await connect()]
    await client.query('BEGIN')
    await publish(client, 'chat:a', 'rolled back')
    expect(await textsOf(outbox)).toEqual([])
    await client.query('ROLLBACK')
    await client.query('BEGIN')
    const named = `SELECT dovetail.publish('orders:7', 'events', '{"n":1.50}', id => 'e1', author => 'ana', key => 'k')`
    await client.query(named)
    expect(await outbox.waiting(10)).toEqual([])
    await client.query('COMMIT')
    const [entry] = await outbox.waiting(10)
    expect(entry).toEqual({
      id: entry?.id,
      channel: 'orders:7',
      collection: 'events',
      op: 'put',
      recordId: 'e1',
      data: '{"n": 1.50}',
      author: 'ana',
      key: 'k',
    })
  })

  test('[OUT2] a transaction that began to publish first in a channel, and commits last, lets no other by', async () => {
    const { open, connect } = await world()
    const [outbox, first, second] = [open(), await connect(), await connect()]
    await first.query('BEGIN')
    await publish(first, 'chat:a', 'one')
    await second.query('BEGIN')
    // It waits for the first one's end before it gets its number; another channel waits for nobody.
    const waiting = publish(second, 'chat:a', 'two').then(() => second.query('COMMIT'))
    await publish(await connect(), 'chat:b', 'other')
    expect(await textsOf(outbox)).toEqual(['other'])
    await first.query('COMMIT')
    await waiting
    const entries = await outbox.waiting(10)
    const ofA = entries.filter(({ channel }) => channel === 'chat:a').map(({ data }) => JSON.parse(data ?? '{}').text)
    expect(ofA).toEqual(['one', 'two'])
  })

  test('[OUT4] settled entries are gone, refused ones stay with their reasons and are not given again', async () => {
    const { open, connect } = await world()
    const [outbox, client] = [open(), await connect()]
    for (const text of ['a', 'b', 'c']) await publish(client, 'chat:a', text)
    const [a, b] = await outbox.waiting(2)
    await outbox.settle([a?.id ?? ''], [{ id: b?.id ?? '', code: 'invalid_data', detail: 'No "text".' }])
    expect(await textsOf(outbox)).toEqual(['c'])
    const { rows } = await client.query('SELECT refused, reason FROM dovetail.outbox ORDER BY id')
    expect(rows).toEqual([
      { refused: 'invalid_data', reason: 'No "text".' },
      { refused: null, reason: null },
    ])
    await client.query('UPDATE dovetail.outbox SET refused = NULL, reason = NULL')
    expect(await textsOf(outbox)).toEqual(['b', 'c'])
  })

  test('[OUT3] one of two relays at a time; where its connection is cut, the other one goes on', async () => {
    const { open, connect } = await world()
    const [one, two, client] = [open(), open(), await connect()]
    await publish(client, 'chat:a', 'x')
    expect([await textsOf(one), await textsOf(two)]).toEqual([['x'], []])
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'dovetail outbox' AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory')",
    )
    await vi.waitFor(async () => expect(await textsOf(two)).toEqual(['x']), { timeout: 20_000, interval: 50 })
    expect(await textsOf(one)).toEqual([])
  })

  test('[OUT2] entries come by their numbers, the tenth after the ninth', async () => {
    const { open, connect } = await world()
    const [outbox, client] = [open(), await connect()]
    const texts = Array.from({ length: 12 }, (_, number) => String(number))
    for (const text of texts) await publish(client, 'chat:a', text)
    expect(await textsOf(outbox)).toEqual(texts)
  })

  test('[OUT2] a commit wakes the one that relays', async () => {
    const { open, connect } = await world()
    const [outbox, client] = [open(), await connect()]
    await outbox.waiting(1)
    const woken = new Promise<void>((resolve) => outbox.onWaiting(resolve))
    await publish(client, 'chat:a', 'x')
    await woken
  })

  test('[OUT5] a role publishes once it may use the schema and call the function, and needs no right on a table', async () => {
    const { url, open, connect } = await world()
    const [outbox, owner] = [open(), await connect()]
    await owner.query('CREATE ROLE shop LOGIN')
    onTestFinished(async () => {
      await owner.query('DROP OWNED BY shop; DROP ROLE shop')
    })
    const shop = await connect(url.replace(/\/\/[^@]*@/, '//shop@'))
    await expect(publish(shop, 'chat:a', 'x')).rejects.toThrow('permission denied for schema dovetail')
    await owner.query('GRANT USAGE ON SCHEMA dovetail TO shop')
    await expect(publish(shop, 'chat:a', 'x')).rejects.toThrow('permission denied for function publish')
    await owner.query('GRANT EXECUTE ON FUNCTION dovetail.publish TO shop')
    await publish(shop, 'chat:a', 'x')
    expect(await textsOf(outbox)).toEqual(['x'])
  })
})
