/** The outbox over two nodes: what an application's transactions leave in PostgreSQL is in the log once, in their order. */
import { readFile } from 'node:fs/promises'
import type { Change } from 'dovetail-protocol'
import pg from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { Rest } from '../support/clients/rest.ts'
import { startCluster } from './cluster.ts'
import { startNodes } from './nodes.ts'
import { postgresAndRedis } from './postgres-and-redis.ts'

const services = postgresAndRedis()

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url)
  await client.connect()
  onTestFinished(() => client.end())
  return client
}

async function emptied(client: pg.Client): Promise<void> {
  await vi.waitFor(
    async () => {
      const { rows } = await client.query('SELECT count(*)::int AS waiting FROM dovetail.outbox WHERE refused IS NULL')
      expect(rows).toEqual([{ waiting: 0 }])
    },
    { timeout: 60_000, interval: 100 },
  )
}

async function textsOf(rest: Rest, channel: string): Promise<unknown[]> {
  const texts: unknown[] = []
  for (let after = '0', more = true; more; ) {
    const { body } = await rest.get<{ changes: Change[]; cursor: string; more: boolean }>(
      `/v1/channels/${channel}/changes?after=${after}&limit=500`,
    )
    for (const { record } of body.changes) if (!record.deleted) texts.push((record.data as { text: string }).text)
    after = body.cursor
    more = body.more
  }
  return texts
}

test('[OUT1, OUT2, OUT3] transactions beside kill -9 of the nodes: each commit is told once, in order, no rollback ever', {
  timeout: 180_000,
}, async () => {
  const store = await services.postgres.createDatabase('outboxed')
  const cluster = await startCluster({ store, backbone: services.redis.url, nodes: 2 })
  const channels = ['chat:a', 'chat:b']
  const committed = new Map<string, string[]>(channels.map((channel) => [channel, []]))
  let published = 0
  const publisher = async (channel: string): Promise<void> => {
    const client = await connect(store)
    for (let number = 0; number < 200; number++, published++) {
      await client.query('BEGIN')
      await client.query(`SELECT dovetail.publish($1, 'messages', jsonb_build_object('text', $2::text))`, [
        channel,
        `${channel} ${number}`,
      ])
      const undone = number % 5 === 0
      await client.query(undone ? 'ROLLBACK' : 'COMMIT')
      if (!undone) committed.get(channel)?.push(`${channel} ${number}`)
    }
  }
  const killer = async (): Promise<void> => {
    for (const [index, from] of [60, 160, 260, 340].entries()) {
      await vi.waitFor(() => expect(published).toBeGreaterThan(from), { timeout: 60_000, interval: 5 })
      await cluster.restart(index % 2, 'SIGKILL')
    }
  }
  await Promise.all([...channels.map(publisher), killer()])
  await emptied(await connect(store))
  const rest = await cluster.node(1).server.rest('ana')
  for (const channel of channels) expect(await textsOf(rest, channel)).toEqual(committed.get(channel))
})

test('[OUT1, OUT4, OUT5] the statements of docs/embedding.md: a commit reaches a reader, a refusal is kept and counted', async () => {
  const store = await services.postgres.createDatabase('documented')
  const { nodes, stop } = await startNodes(1, { store, backbone: services.redis.url })
  onTestFinished(stop)
  const page = await readFile(new URL('../../docs/embedding.md', import.meta.url), 'utf8')
  const [granting, publishing, looking] = [...page.matchAll(/^```sql\n(.*?)^```/gms)].map(([, text]) => text ?? '')
  const client = await connect(store)
  await client.query('CREATE ROLE shop LOGIN; CREATE TABLE public.orders (id int PRIMARY KEY, state text)')
  await client.query(
    'GRANT SELECT, INSERT, UPDATE ON public.orders TO shop; INSERT INTO public.orders VALUES (7, $$new$$)',
  )
  await client.query(granting ?? '')
  const shop = await connect(store.replace(/\/\/[^@]*@/, '//shop@'))
  const socket = await nodes[0]?.connect('ana')
  await socket?.subscribe('chat:orders')
  await shop.query(publishing ?? '')
  const [range] = (await socket?.reached('chat:orders', 1)) ?? []
  expect(range?.changes).toMatchObject([
    { collection: 'messages', record: { author: 'bob', data: { text: 'Order 7 is paid.' } } },
  ])
  await shop.query(`SELECT dovetail.publish('chat:orders', 'nothing', '{}')`)
  await vi.waitFor(async () => {
    const { rows } = await client.query(looking ?? '')
    expect(rows).toMatchObject([{ channel: 'chat:orders', collection: 'nothing', refused: 'not_found' }])
  })
})

test('[OUT1, OUT3, OUT6] a text that transactions append to, beside kill -9 of the nodes, has each committed piece once', {
  timeout: 180_000,
}, async () => {
  const store = await services.postgres.createDatabase('appended')
  const cluster = await startCluster({ store, backbone: services.redis.url, nodes: 2 })
  const client = await connect(store)
  await client.query(`SELECT dovetail.publish('chat:log', 'messages', '{"text":""}', 'log')`)
  let expected = ''
  for (let number = 0; number < 120; number++) {
    await client.query('BEGIN')
    await client.query(`SELECT dovetail.append('chat:log', 'messages', 'log', '/text', $1)`, [`${number};`])
    const undone = number % 5 === 0
    await client.query(undone ? 'ROLLBACK' : 'COMMIT')
    if (!undone) expected += `${number};`
    if (number % 40 === 39) await cluster.restart(Math.floor(number / 40) % 2, 'SIGKILL')
  }
  await emptied(await connect(store))
  expect(await textsOf(await cluster.node(1).server.rest('ana'), 'chat:log')).toEqual([expected])
})
