/** What a store keeps, compared with the configuration, and brought to it, by its operator. */
import { type Config, compilePolicies, type Policies } from '../core/access/policy.ts'
import { schemaLines } from '../core/schema/schema-lines.ts'
import { allRecords, FitCounts, type FoundRecord, fitOf, writeNewest } from '../core/schema/schema-walk.ts'
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
/** Records of one commit: each commit costs a flush of the disk, and other nodes' writers wait for it. */
const groupWrites = 100

/** Compares every record with the configuration. */
export function checkSchema(options: SchemaOptions): Promise<SchemaReport> {
  return walk(options, readAll)
}

/**
 * Writes every record that has an earlier shape in the newest one. What is done is not done again, so that it may be
 * ended and begun again at any time.
 */
export function applySchema(options: SchemaOptions): Promise<SchemaReport> {
  return walk(options, async (store, policies, report) => {
    let waiting: FoundRecord[] = []
    const writeWaiting = async (): Promise<void> => {
      const isWritten = await writeNewest(store, policies, waiting)
      waiting.forEach((found, index) => {
        report.counts.add(found.channel, found.record, isWritten[index] === true ? 'fits' : 'upgraded')
      })
      report.written += isWritten.filter(Boolean).length
      waiting = []
    }
    await readAll(store, policies, report, async (found) => {
      waiting.push(found)
      if (waiting.length === groupWrites) await writeWaiting()
    })
    if (waiting.length > 0) await writeWaiting()
  })
}

interface Report {
  readonly counts: FitCounts
  readonly onProgress: (records: number) => void
  written: number
}

async function walk(
  { store: url, data, config, onProgress = () => undefined }: SchemaOptions,
  take: (store: Store, policies: Policies, report: Report) => Promise<void>,
): Promise<SchemaReport> {
  const policies = compilePolicies(config)
  const { store } = await openStore(url, data)
  const report: Report = { counts: new FitCounts(), onProgress, written: 0 }
  try {
    await take(store, policies, report)
  } finally {
    await store.close()
  }
  return { records: report.counts.records, lines: schemaLines(report.counts.all), written: report.written }
}

/** Counts every record by what it is; `upgrade` takes those of an earlier shape instead. */
async function readAll(
  store: Store,
  policies: Policies,
  { counts, onProgress }: Report,
  upgrade?: (found: FoundRecord) => Promise<void>,
): Promise<void> {
  let looked = 0
  for await (const found of allRecords(store)) {
    const fit = fitOf(policies, found.channel, found.record)
    if (fit === 'upgraded' && upgrade !== undefined) await upgrade(found)
    else counts.add(found.channel, found.record, fit)
    looked++
    if (looked % progressEvery === 0) onProgress(looked)
  }
}
