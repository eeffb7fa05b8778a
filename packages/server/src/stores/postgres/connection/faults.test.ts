import pg from 'pg'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type Store, StoreUnavailable, type UnitOutcome } from '../../../ports/store.ts'
import { create as record, unit, write } from '../../../ports/store-contract/units.fixture.ts'
import { databases, openStore } from './databases.fixture.ts'

const made = databases()
const general = 'chat:general'

type Committed = Extract<UnitOutcome, { kind: 'committed' }>

interface Traffic {
  /** The revision of each record whose write was acknowledged. */
  readonly acknowledged: Map<string, number>
  /** The errors that writers got; they wrote again with the same key. */
  readonly failures: StoreUnavailable[]
}

/**
 * Writes one record until it is acknowledged, as a client does: with one key, after checking that the
 * store is back.
 */
async function writeUntilAcknowledged(
  store: Store,
  id: string,
  traffic: Traffic,
  back: () => Promise<unknown>,
): Promise<void> {
  const keyed = { ...record(id), expectRev: null, key: { key: id, fingerprint: 'f' } }
  for (;;) {
    try {
      const [outcome] = await store.commit([unit([keyed])])
      traffic.acknowledged.set(id, (outcome as Committed).results[0]?.record.rev ?? 0)
      return
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      traffic.failures.push(error)
      await back()
    }
  }
}

/** Several writers write several records each, one after the other. `each` is called with every acknowledgement. */
async function writeAll(
  stores: readonly Store[],
  { writers, records }: { writers: number; records: number },
  each: (count: number) => void,
  back: () => Promise<unknown> = async () => undefined,
): Promise<Traffic> {
  const traffic: Traffic = { acknowledged: new Map(), failures: [] }
  const run = async (writer: number): Promise<void> => {
    const store = stores[writer % stores.length]
    for (let n = 0; store !== undefined && n < records; n++) {
      await writeUntilAcknowledged(store, `w${writer}-${n}`, traffic, back)
      each(traffic.acknowledged.size)
    }
  }
  await Promise.all(Array.from({ length: writers }, (_none, writer) => run(writer)))
  return traffic
}

/** Id and revision of all records in the log, in its order. */
async function logOf(store: Store): Promise<readonly (readonly [string, number])[]> {
  const read = await store.changes({ channel: general, after: 0, limit: 100_000, bytes: 100_000_000 })
  return read?.changes.map(({ id, rev }) => [id, rev] as const) ?? []
}

/** Every write is in the log once, at the revision acknowledged, and no revision is missing. */
async function expectWhole(store: Store, { acknowledged }: Traffic, count: number): Promise<void> {
  const log = await logOf(store)
  expect(log.map(([, rev]) => rev)).toEqual(Array.from({ length: count }, (_none, index) => index + 1))
  expect(new Map(log)).toEqual(acknowledged)
}

async function expectUnavailable(store: Awaited<ReturnType<typeof openStore>>): Promise<void> {
  const calls = [
    () => store.commit([unit([record('lost')])]),
    () => store.open({ name: general, at: 1, visibility: 'public', title: null, owner: null }),
    () => store.drop(general),
    () => store.lookup(general, []),
    () => store.changes({ channel: general, after: 0, limit: 1, bytes: 1 }),
    () => store.search({ channels: [general], collection: null, words: ['a'], prefix: null, limit: 1, after: null }),
    () => store.purge({ keys: 0, tombstones: 0 }),
    () => store.spend('id', 1),
    () => store.touched(null),
  ]
  for (const call of calls) {
    await expect(call()).rejects.toMatchObject({ name: 'StoreUnavailable', retryAfterSeconds: 1 })
  }
}

describe('a store whose database fails', () => {
  test('connections that PostgreSQL closes are replaced, and interrupted writes succeed with their keys', async () => {
    const url = await made.create()
    const store = await openStore(url)
    const ended: Promise<string>[] = []
    const endAll = `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'dovetail'
      AND datname = current_database()`
    const traffic = await writeAll([store], { writers: 8, records: 25 }, (count) => {
      if (count % 50 === 0) ended.push(made.server.psql(endAll, url.slice(url.lastIndexOf('/') + 1)))
    })
    expect((await Promise.all(ended)).map(Number).reduce((sum, one) => sum + one)).toBeGreaterThan(0)
    await expectWhole(store, traffic, 200)
  })

  test('a PostgreSQL that is killed and restarted holds every acknowledged write, and every call in between says that it is unavailable', async () => {
    const store = await openStore(await made.create())
    let killed: Promise<void> | null = null
    let outage: Promise<void> | null = null
    const onEach = (count: number): void => {
      if (count >= 100) killed ??= made.server.kill()
    }
    const goThroughOutage = async (): Promise<void> => {
      await killed
      await expectUnavailable(store)
      await made.server.restart()
    }
    const back = (): Promise<void> => {
      outage ??= goThroughOutage()
      return outage
    }
    const traffic = await writeAll([store], { writers: 16, records: 20 }, onEach, back)
    expect(traffic.failures.length).toBeGreaterThan(0)
    await expectWhole(store, traffic, 320)
  })

  test('a statement that waits too long fails, and the store is reported as unavailable', async () => {
    const url = await made.create()
    const store = await openStore(url, { statementMs: 1500 })
    await store.commit([unit([record('first')])])
    const other = await openHolder(url)
    await other.query(`BEGIN; SELECT 1 FROM dovetail.channels WHERE name = '${general}' FOR UPDATE`)
    await expect(store.commit([unit([record('late')])])).rejects.toBeInstanceOf(StoreUnavailable)
    expect((await store.channel(general))?.head).toBe(1)
    await other.query('ROLLBACK')
    expect((await store.commit([unit([record('late')])]))[0]).toMatchObject({ kind: 'committed', head: 2 })
  })

  test('a unit that PostgreSQL can not store does not affect the others of its group', async () => {
    const store = await openStore(await made.create())
    const outcomes = await store.commit([
      unit([record('a')]),
      unit([write({ recordId: 'b', data: '"\u0000"' })]),
      unit([record('c')]),
    ])
    expect(outcomes.map(({ kind }) => kind)).toEqual(['committed', 'failed', 'committed'])
    expect(await logOf(store)).toEqual([
      ['a', 1],
      ['c', 2],
    ])
  })
})

describe('two stores on one database', () => {
  test('64 writers to one channel on two stores get revisions without a gap, each the one acknowledged', async () => {
    const url = await made.create()
    const stores = [await openStore(url), await openStore(url)]
    const traffic = await writeAll(stores, { writers: 64, records: 10 }, () => undefined)
    expect(traffic.failures).toEqual([])
    for (const store of stores) await expectWhole(store, traffic, 640)
  })

  test('groups of two stores over many channels, named in any order and some of them new, are all committed', async () => {
    const url = await made.create()
    const stores = [await openStore(url), await openStore(url)]
    const channels = Array.from({ length: 12 }, (_none, index) => `chat:c${index}`)
    const groups = stores.flatMap((store, side) =>
      Array.from({ length: 20 }, async (_none, round) => {
        const names = side === 0 ? channels : channels.toReversed()
        const some = names.slice(round % 5)
        return await store.commit(some.map((channel) => unit([record(`s${side}r${round}`)], { channel })))
      }),
    )
    const outcomes = (await Promise.all(groups)).flat()
    expect(outcomes.filter(({ kind }) => kind !== 'committed')).toEqual([])
    const heads = (await stores[0]?.channels({ prefix: '', after: '', limit: 100 }))?.map(({ head }) => head) ?? []
    expect(heads.reduce((sum, head) => sum + head, 0)).toBe(outcomes.length)
  })

  test('a reader of the changes or of the touched channels misses no commit, however long the commit takes', async () => {
    const url = await made.create()
    const stores = [await openStore(url), await openStore(url)] as const
    await stores[0].commit([unit([record('first')])])
    await slowCommits(url)
    const followed: number[] = [1]
    let mark = (await stores[1].touched(null)).mark
    const touchedHeads = new Set<number>()
    let writing = true
    const follow = async (): Promise<void> => {
      for (let last = false; !last; ) {
        last = !writing
        const read = await stores[1].changes({ channel: general, after: followed.at(-1) ?? 0, limit: 100, bytes: 1e6 })
        followed.push(...(read?.changes.map(({ rev }) => rev) ?? []))
        const touched = await stores[1].touched(mark)
        mark = touched.mark
        for (const { head } of touched.channels) touchedHeads.add(head)
      }
    }
    const following = follow()
    await writeAll(stores, { writers: 8, records: 10 }, () => undefined)
    writing = false
    await following
    expect(followed).toEqual(Array.from({ length: 81 }, (_none, index) => index + 1))
    expect(Math.max(...touchedHeads)).toBe(81)
  })
})

/** Delays every commit that changed records by a random time, up to 20 ms, after all its statements. */
async function slowCommits(url: string): Promise<void> {
  const other = await openHolder(url)
  await other.query(`
    CREATE FUNCTION dovetail.linger() RETURNS trigger LANGUAGE plpgsql
      AS 'BEGIN PERFORM pg_sleep(random() * 0.02); RETURN NULL; END';
    CREATE CONSTRAINT TRIGGER linger AFTER UPDATE ON dovetail.channels DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION dovetail.linger()`)
}

/** A connection besides those of the store. */
async function openHolder(url: string) {
  const client = new pg.Client(url)
  await client.connect()
  onTestFinished(() => client.end())
  return client
}
