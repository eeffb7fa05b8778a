import pg from 'pg'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { type ApplicationConnection, outboxContract } from '../../../ports/outbox/outbox.contract.ts'
import { systemClock } from '../../../runtime/system-clock.ts'
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

const insert = `INSERT INTO dovetail.outbox (channel, collection, record, op, data, author, key)
  VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7)`

async function applicationConnection(client: pg.Client): Promise<ApplicationConnection> {
  const run = async (sql: string): Promise<void> => void (await client.query(sql))
  return {
    begin: () => run('BEGIN'),
    commit: () => run('COMMIT'),
    rollBack: () => run('ROLLBACK'),
    publish: async ({ channel, collection, record, op, data, author, key }) =>
      void (await client.query(insert, [channel, collection, record, op, data, author, key])),
    refusals: async () => {
      const sql = 'SELECT refused, reason FROM dovetail.outbox ORDER BY id'
      return (await client.query<[string | null, string | null]>({ text: sql, rowMode: 'array' })).rows
    },
    tryAgain: () => run('UPDATE dovetail.outbox SET refused = NULL, reason = NULL'),
  }
}

describe('the outbox of PostgreSQL', () => {
  outboxContract(async () => {
    const { open, connect } = await world()
    return { outbox: open(), connect: async () => applicationConnection(await connect()), clock: systemClock }
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
