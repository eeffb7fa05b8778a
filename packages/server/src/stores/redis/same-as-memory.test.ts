/** The commit script decides as `plan-unit.ts` does: random units have the same outcome on both stores. */
import { type RedisService, startRedis } from 'dovetail-lab/services'
import { type Arbitrary, array, assert, asyncProperty, constantFrom, option, record } from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Store, Unit, UnitOutcome, Write } from '../../ports/store.ts'
import { systemClock } from '../../runtime/system-clock.ts'
import { openMemoryStore } from '../memory/memory-store.ts'
import { openRedisStore } from './open.ts'

let redis: RedisService
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

const ids = ['a', 'b', 'c', 'd']
const writes = array(
  record({
    collection: constantFrom('messages', 'members'),
    id: constantFrom(...ids),
    effect: constantFrom('put' as const, 'put' as const, 'put' as const, 'delete' as const, 'keep' as const),
    /** Mostly the present state: random expectations would give conflicts and nothing else. */
    expect: constantFrom('as is', 'as is', 'as is', 'as left', 'as left', 'none', 'made', 'stale'),
    key: option(record({ key: constantFrom('k1', 'k2', 'k3'), fingerprint: constantFrom('f', 'f', 'g') }), { freq: 2 }),
    author: constantFrom('ana', 'ben'),
  }),
  { maxLength: 4 },
)
const units = array(
  record({
    writes,
    channel: constantFrom('chat:a', 'chat:a', 'chat:b'),
    make: constantFrom(true, true, false),
    members: constantFrom('any', 'any', 'as is', 'stale'),
    epoch: constantFrom('any', 'any', 'as is', 'none'),
  }),
  { minLength: 1, maxLength: 4 },
)
type Drawn = typeof units extends Arbitrary<readonly (infer Each)[]> ? Each : never

/** Turns a drawn unit into one that fits the channel's present state. */
async function unitFor(store: Store, run: string, drawn: Drawn, at: number): Promise<Unit> {
  const channel = `${drawn.channel}${run}`
  const targets = drawn.writes.map(({ collection, id }) => ({ collection, recordId: id }))
  const { channel: facts, records } = await store.lookup(channel, targets)
  const made = drawn.writes.map((write, index): Write => {
    const { collection, id: recordId, effect, author, key } = write
    const earlier = drawn.writes
      .slice(0, index)
      .findLastIndex((each) => each.id === write.id && each.collection === collection)
    const rev = records[index]?.rev ?? 0
    const asIs = earlier >= 0 && write.expect === 'as left' ? { write: earlier } : rev
    const expectRev =
      write.expect === 'none' ? 0 : write.expect === 'made' ? null : write.expect === 'stale' ? rev + 1 : asIs
    const data = effect === 'put' ? `{"n":${at},"i":${index}}` : ''
    return { collection, recordId, effect, data, author, expectRev, words: 'word', ...(key === null ? {} : { key }) }
  })
  const membersRev = drawn.members === 'any' ? null : (facts?.membersRev ?? 0) + (drawn.members === 'stale' ? 1 : 0)
  const epoch = drawn.epoch === 'as is' ? (facts?.epoch ?? null) : null
  return { channel, at, writes: made, make: drawn.make, membersRev, ...(drawn.epoch === 'any' ? {} : { epoch }) }
}

/** The outcome without what differs between stores: epochs and the texts of failures. */
function comparable(outcome: UnitOutcome): unknown {
  if (outcome.kind === 'failed') return outcome.kind
  return outcome.kind === 'committed' ? { ...outcome, epoch: '' } : outcome
}

async function contents(store: Store, channel: string): Promise<unknown> {
  const changes = await store.changes({ channel, after: 0, limit: 1000, bytes: 1_000_000 })
  const keys = ['ana', 'ben'].flatMap((author) =>
    ['k1', 'k2', 'k3'].map((key) => store.lookup(channel, [], { author, key })),
  )
  const page = await store.page({ channel, collection: 'messages', from: { newest: true }, limit: 50, bytes: 100_000 })
  const found = { channels: [channel], collection: null, words: ['word'], prefix: null, limit: 50, after: null }
  return {
    facts: changes === null ? null : { ...changes.channel, epoch: '' },
    changes: changes?.changes,
    records: page?.records,
    keys: (await Promise.all(keys)).map(({ key }) => key),
    found: (await store.search(found)).hits,
  }
}

const kinds = new Map<string, number>()

test('random units have the same outcomes in the Redis store as in the memory store, and leave the same records', {
  timeout: 120_000,
}, async () => {
  const memory = openMemoryStore()
  const store = await openRedisStore({ url: redis.url, clock: systemClock, report: () => {} })
  let run = 0
  const property = asyncProperty(array(units, { minLength: 1, maxLength: 6 }), async (groups) => {
    const name = `x${run++}`
    for (const [at, group] of groups.entries()) {
      // Each store has its own epochs.
      const ours = await Promise.all(group.map((drawn) => unitFor(store, name, drawn, at)))
      const theirs = await Promise.all(group.map((drawn) => unitFor(memory, name, drawn, at)))
      const outcomes = (await store.commit(ours)).map(comparable)
      expect(outcomes).toEqual((await memory.commit(theirs)).map(comparable))
      for (const outcome of outcomes) count(outcome)
    }
    for (const channel of [`chat:a${name}`, `chat:b${name}`])
      expect(await contents(store, channel)).toEqual(await contents(memory, channel))
    await store.purge({ keys: 2, tombstones: 2 })
    await memory.purge({ keys: 2, tombstones: 2 })
    for (const channel of [`chat:a${name}`, `chat:b${name}`])
      expect(await contents(store, channel)).toEqual(await contents(memory, channel))
  })
  await assert(property, { numRuns: 150, seed: 20_261_125 })
  // Every kind of outcome has occurred.
  expect([...kinds.keys()].sort()).toEqual(['committed', 'conflict', 'failed', 'key_reused', 'no_channel'])
  await store.close()
})

function count(outcome: unknown): void {
  const { kind, reason } = (typeof outcome === 'string' ? { kind: outcome } : outcome) as {
    kind: string
    reason?: string
  }
  kinds.set(reason ?? kind, (kinds.get(reason ?? kind) ?? 0) + 1)
}
