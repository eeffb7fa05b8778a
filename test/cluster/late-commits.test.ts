/** Two nodes write to one channel, and a commit is held up: nobody who reads on passes a change by. */
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import type { Server } from '../support/servers/serving.ts'
import { awaitLater } from '../support/until.ts'
import { startCluster } from './cluster.ts'
import { postgresAndRedis } from './postgres-and-redis.ts'

const services = postgresAndRedis()

const channel = 'chat:late'
const writesOfANode = process.env.SOAK === undefined ? 1500 : 5000
const lanes = 16
const pagerMs = 10
const heldText = 'this one is held up'
const heldSeconds = 2

/** Writes as fast as `lanes` at a time are acknowledged. Gives the ids. */
async function write(server: Server, count: number, text: (index: number) => string): Promise<string[]> {
  const writer = await server.rest('writer', { role: 'service' })
  const ids: string[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const answer = await writer.post<{ id: string }>(`/v1/channels/${channel}/messages`, { text: text(index) })
      expect(answer.status, answer.text).toBe(201)
      ids.push(answer.body.id)
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return ids
}

interface Page {
  readonly changes: readonly { readonly record: { readonly id: string; readonly rev: number } }[]
  readonly from: number
  readonly to: number
  readonly cursor: string
  readonly more: boolean
}

/** Asks every few milliseconds, of each node in turn, for what is new after the last cursor, until `isOver` and nothing is. */
async function page(servers: readonly Server[], isOver: () => boolean): Promise<string[]> {
  const readers = await Promise.all(servers.map((server) => server.rest('pager', { role: 'service' })))
  const seen: string[] = []
  let cursor = '0'
  let at = 0
  for (let turn = 0; ; turn++) {
    const wasOver = isOver()
    const answer = await readers[turn % readers.length]?.get<Page>(`/v1/channels/${channel}/changes?after=${cursor}`)
    if (answer?.status === 404) continue
    if (answer === undefined || answer.status !== 200) throw new Error(`a poll was answered ${answer?.text}`)
    const { from, to, changes, more } = answer.body
    // Each page joins the one before it, and holds nothing from below its cursor.
    expect(from).toBe(at)
    for (const { record } of changes) {
      expect(record.rev).toBeGreaterThan(at)
      at = record.rev
      seen.push(record.id)
    }
    expect(to).toBe(at)
    cursor = answer.body.cursor
    if (wasOver && !more && changes.length === 0) return seen
    if (!more) await new Promise((resolve) => setTimeout(resolve, pagerMs))
  }
}

test.each([
  { name: 'two nodes that write at once', isHeld: false },
  { name: 'a commit that is held up for 2 s', isHeld: true },
])(
  '[B05] $name: a poll every 10 ms and a live reader see every message once',
  {
    timeout: 240_000,
  },
  async ({ isHeld }) => {
    const store = await services.postgres.createDatabase(isHeld ? 'held' : 'crossed')
    const cluster = await startCluster({ store, backbone: services.redis.url, nodes: 2 })
    if (isHeld) await holdUp(store)
    const servers = [cluster.node(0).server, cluster.node(1).server]
    const [first, second] = servers
    if (first === undefined || second === undefined) throw new Error('a node is missing')
    await write(first, 1, () => 'the channel is there')
    const live = await second.connect('live', { role: 'service' })
    await live.subscribe(channel, { after: '0' })

    let written = false
    const startedAt = performance.now()
    const writing = awaitLater(
      Promise.all([
        write(first, writesOfANode, (index) => (isHeld && index === 300 ? heldText : `first ${index}`)),
        write(second, writesOfANode, (index) => `second ${index}`),
      ]).finally(() => {
        written = true
      }),
    )
    const [acknowledged, polled] = await Promise.all([writing, page(servers, () => written)])
    if (isHeld) expect(performance.now() - startedAt).toBeGreaterThan(heldSeconds * 1000)
    const total = 1 + 2 * writesOfANode
    const ids = new Set(acknowledged.flat())
    expect(ids.size).toBe(total - 1)

    expect(polled).toHaveLength(total)
    expect(new Set(polled).size).toBe(total)
    const frames = await live.reached(channel, total)
    const lived = frames.flatMap(({ changes }) => changes.map(({ record }) => record.id))
    expect(lived).toEqual(polled)
    for (const id of polled.slice(1)) expect(ids.has(id)).toBe(true)
  },
)

/** The database sleeps before it inserts this text, its revision long taken. */
async function holdUp(store: string): Promise<void> {
  const client = new pg.Client({ connectionString: store })
  await client.connect()
  onTestFinished(() => client.end())
  await client.query(`
    CREATE FUNCTION dovetail.hold_up() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN PERFORM pg_sleep(${heldSeconds}); RETURN NEW; END $$;
    CREATE TRIGGER hold_up BEFORE INSERT ON dovetail.records FOR EACH ROW
      WHEN (NEW.data LIKE '%${heldText}%') EXECUTE FUNCTION dovetail.hold_up();
  `)
}
