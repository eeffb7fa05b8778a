/** What a store keeps, compared with the configuration, and brought to it, by its operator. */
import { type Config, compilePolicies, type Policies } from '../core/access/policy.ts'
import { schemaLines } from '../core/schema/schema-lines.ts'
import { allRecords, FitCounts, fitOf, writeNewest } from '../core/schema/schema-walk.ts'
import { openStore } from '../open.ts'
import type { Store } from '../ports/store.ts'
import type { StoreAddress } from './upkeep.ts'

export interface SchemaOptions extends StoreAddress {
  readonly config: Config
  /** Gets the number of records so far, now and then. */
  readonly onProgress?: (records: number) => void
}

export interface SchemaReport {
  readonly records: number
  /** A line for people for each collection and namespace that does not fit. */
  readonly lines: readonly string[]
  /** How many records were written in the newest shape. */
  readonly written: number
}

const progressEvery = 10_000

/** Compares every record with the configuration. */
export function checkSchema(options: SchemaOptions): Promise<SchemaReport> {
  return walk(options, async () => false)
}

/**
 * Writes every record that has an earlier shape in the newest one. What is done is not done again, so that it may be
 * ended and begun again at any time.
 */
export function applySchema(options: SchemaOptions): Promise<SchemaReport> {
  return walk(options, writeNewest)
}

async function walk(
  { store: url, data, config, onProgress }: SchemaOptions,
  write: (...args: Parameters<typeof writeNewest>) => Promise<boolean>,
): Promise<SchemaReport> {
  const policies = compilePolicies(config)
  const { store } = await openStore(url, data)
  try {
    return await walkStore(store, policies, write, onProgress)
  } finally {
    await store.close()
  }
}

async function walkStore(
  store: Store,
  policies: Policies,
  write: typeof writeNewest,
  onProgress: (records: number) => void = () => undefined,
): Promise<SchemaReport> {
  const counts = new FitCounts()
  let written = 0
  for await (const { channel, record } of allRecords(store)) {
    const fit = fitOf(policies, channel, record)
    if (fit === 'upgraded' && (await write(store, policies, { channel, record }))) {
      written++
      counts.add(channel, record, 'fits')
    } else counts.add(channel, record, fit)
    if (counts.records % progressEvery === 0) onProgress(counts.records)
  }
  return { records: counts.records, lines: schemaLines(counts.all), written }
}
