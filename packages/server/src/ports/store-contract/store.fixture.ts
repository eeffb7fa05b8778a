import { onTestFinished } from 'vitest'
import type { PageQuery, Store, StoredRecord, Unit, UnitOutcome, Write } from '../store.ts'
import { general, unit } from './units.fixture.ts'

/** Opens an empty store and removes its files or database after the test. */
export type OpenStore = () => Promise<Store>

/** `reopen` closes the store and opens the same data again. */
export type OpenDurableStore = () => Promise<{ readonly store: Store; readonly reopen: () => Promise<Store> }>

/** An empty store that is closed when the test has finished. */
export async function freshStore(open: OpenStore): Promise<Store> {
  const store = await open()
  onTestFinished(() => store.close())
  return store
}

export { create, general, noon, unit, write } from './units.fixture.ts'

export type Committed = Extract<UnitOutcome, { kind: 'committed' }>

/** Commits one unit of these writes and expects it to be committed. */
export async function commit(store: Store, ...writes: readonly Write[]): Promise<Committed> {
  return await commitUnit(store, unit(writes))
}

export async function commitUnit(store: Store, one: Unit): Promise<Committed> {
  const [outcome] = await store.commit([one])
  if (outcome?.kind !== 'committed') throw new Error(`not committed: ${JSON.stringify(outcome)}`)
  return outcome
}

/** The outcome of one unit, committed or not. */
export async function outcomeOf(store: Store, one: Unit): Promise<UnitOutcome> {
  const [outcome] = await store.commit([one])
  if (outcome === undefined) throw new Error('no outcome')
  return outcome
}

export function refused(reason: 'conflict' | 'key_reused' | 'no_channel', index = 0): UnitOutcome {
  return { kind: 'refused', reason, write: index }
}

export const wide = { limit: 1000, bytes: 1_000_000 } as const

export async function recordOf(store: Store, recordId: string, channel = general): Promise<StoredRecord | null> {
  const { records } = await store.lookup(channel, [{ collection: 'messages', recordId }])
  return records[0] ?? null
}

export async function idsOf(store: Store, from: PageQuery['from'], limit = wide.limit): Promise<readonly string[]> {
  const page = await store.page({ channel: general, collection: 'messages', from, limit, bytes: wide.bytes })
  return page?.records.map((record) => record.id) ?? []
}

/** Every live record of the channel's `messages`, walked in pages. */
export async function freshRead(store: Store, channel = general): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = []
  let after: number | null = 0
  while (after !== null) {
    const page = await store.page({ channel, collection: 'messages', from: { after }, limit: 7, bytes: wide.bytes })
    records.push(...(page?.records ?? []))
    after = page?.after ?? null
  }
  return records
}

export function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_none, index) => index)
}

/** `r007`: ids whose order is the order of their numbers. */
export function idOf(index: number): string {
  return `r${String(index).padStart(3, '0')}`
}
