import { type Arbitrary, array, assert, asyncProperty, constantFrom, nat, oneof, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Store, StoredRecord } from '../store.ts'
import {
  commitUnit,
  freshRead,
  freshStore,
  type OpenDurableStore,
  type OpenStore,
  range,
  unit,
  wide,
  write,
} from './store.fixture.ts'

type Act = { readonly kind: 'put' | 'delete' | 'keep'; readonly id: string; readonly text: number }

const ids = range(12).map((index) => `id${index}`)
const acts: Arbitrary<Act> = record({
  kind: oneof(
    { weight: 5, arbitrary: constantFrom('put' as const) },
    { weight: 3, arbitrary: constantFrom('delete' as const) },
    { weight: 1, arbitrary: constantFrom('keep' as const) },
  ),
  id: constantFrom(...ids),
  text: nat(99),
})

/** What a reader holds: live records by id. */
type Held = ReadonlyMap<string, StoredRecord>

function fold(held: Held, changes: readonly StoredRecord[]): Held {
  const folded = new Map(held)
  for (const change of changes) {
    if (change.deleted) folded.delete(change.id)
    else folded.set(change.id, change)
  }
  return folded
}

function inPlace(held: Held): readonly StoredRecord[] {
  return [...held.values()].sort((a, b) => a.pos - b.pos)
}

/** Performs the act on the record where the record's present state allows it. */
async function perform(store: Store, channel: string, act: Act, at: number): Promise<void> {
  const { records } = await store.lookup(channel, [{ collection: 'messages', recordId: act.id }])
  const old = records[0] ?? null
  if (act.kind !== 'put' && (old === null || old.deleted)) return
  const data = act.kind === 'put' ? `{"n":${act.text}}` : ''
  const one = write({ recordId: act.id, effect: act.kind, data, expectRev: old?.rev ?? 0 })
  await commitUnit(store, unit([one], { channel, at }))
}

async function allChanges(
  store: Store,
  channel: string,
  after: number,
  limit: number,
): Promise<readonly StoredRecord[]> {
  const changes: StoredRecord[] = []
  let cursor = after
  for (;;) {
    const read = await store.changes({ channel, after: cursor, limit, bytes: wide.bytes })
    if (read === null) return changes
    expect(
      read.changes.every(({ rev }, index) => rev > (read.changes[index - 1]?.rev ?? cursor) && rev <= read.to),
    ).toBe(true)
    changes.push(...read.changes)
    cursor = read.to
    if (!read.more) return changes
  }
}

async function joins(store: Store, channel: string, history: readonly Act[], limit: number): Promise<void> {
  const states: { readonly rev: number; readonly held: Held }[] = [{ rev: 0, held: new Map() }]
  for (const [index, act] of history.entries()) {
    await perform(store, channel, act, index)
    const held = new Map((await freshRead(store, channel)).map((one) => [one.id, one]))
    states.push({ rev: (await store.channel(channel))?.head ?? 0, held })
  }
  const fresh = await freshRead(store, channel)
  for (const { rev, held } of states) {
    expect(inPlace(fold(held, await allChanges(store, channel, rev, limit)))).toEqual(fresh)
  }
}

export function historyContract(open: OpenStore): void {
  describe('histories', () => {
    test('[STO80] the state at any revision, with the changes since applied, equals a fresh read', async () => {
      const store = await freshStore(open)
      let run = 0
      const property = asyncProperty(
        array(acts, { minLength: 1, maxLength: 30, size: 'max' }),
        nat(5),
        (history, limit) => joins(store, `chat:run${run++}`, history, limit + 1),
      )
      await assert(property, { numRuns: 25, seed: 20_261_125 })
    })
  })
}

/** For stores that outlive their process. */
export function durableContract(open: OpenDurableStore): void {
  test('[STO81] acknowledged commits are there when the store is opened again', async () => {
    const { store, reopen } = await open()
    const keyed = { ...write({ recordId: 'k', words: 'find me' }), key: { key: 'k', fingerprint: 'f' } }
    await commitUnit(store, unit([keyed, write({ recordId: 'a' }), write({ recordId: 'gone' })]))
    await commitUnit(store, unit([write({ recordId: 'gone', effect: 'delete', data: '', expectRev: 3 })]))
    const read = async (of: Store): Promise<unknown> => ({
      all: await of.channels({ prefix: '', after: '', limit: 10 }),
      log: await of.changes({ channel: 'chat:general', after: 0, ...wide }),
      key: (await of.lookup('chat:general', [], { author: 'ana', key: 'k' })).key,
    })
    const before = await read(store)
    const again = await reopen()
    expect(await read(again)).toEqual(before)
    expect((await commitUnit(again, unit([write({ recordId: 'next' })]))).head).toBe(5)
    await again.close()
  })
}
