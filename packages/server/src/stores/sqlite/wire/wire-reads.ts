/** Results of reads as the reader's thread sends them back: facts as objects, records flat. */
import type { ChangesRead, ChannelFacts, RecordPage, Store } from '../../../ports/store.ts'
import type { StoredRecord } from '../../../ports/stored-record.ts'
import type { SqlValue } from '../driver/driver.ts'
import { ValueReader } from './value-reader.ts'
import { packRecord, unpackRecord } from './wire-record.ts'

type Snapshot = NonNullable<Awaited<ReturnType<Store['snapshot']>>>
type PackedPage = readonly [before: number | null, after: number | null, records: SqlValue[]]

export function packPage(page: RecordPage | null): readonly [ChannelFacts, PackedPage] | null {
  return page === null ? null : [page.channel, packed(page)]
}

export function unpackPage(values: ReturnType<typeof packPage>): RecordPage | null {
  return values === null ? null : { channel: values[0], ...unpacked(values[1]) }
}

export function packSnapshot(snapshot: Snapshot | null): readonly [ChannelFacts, PackedPage[]] | null {
  return snapshot === null ? null : [snapshot.channel, snapshot.pages.map(packed)]
}

export function unpackSnapshot(values: ReturnType<typeof packSnapshot>): Snapshot | null {
  return values === null ? null : { channel: values[0], pages: values[1].map(unpacked) }
}

export function packChanges(
  read: ChangesRead | null,
): readonly [ChannelFacts, to: number, more: boolean, SqlValue[]] | null {
  return read === null ? null : [read.channel, read.to, read.more, packRecords(read.changes)]
}

export function unpackChanges(values: ReturnType<typeof packChanges>): ChangesRead | null {
  if (values === null) return null
  const [channel, to, more, records] = values
  return { channel, changes: unpackRecords(records), to, more }
}

function packed(page: Snapshot['pages'][number]): PackedPage {
  return [page.before, page.after, packRecords(page.records)]
}

function unpacked([before, after, records]: PackedPage): Snapshot['pages'][number] {
  return { records: unpackRecords(records), before, after }
}

function packRecords(records: readonly StoredRecord[]): SqlValue[] {
  const values: SqlValue[] = [records.length]
  for (const record of records) packRecord(record, values)
  return values
}

function unpackRecords(values: readonly SqlValue[]): StoredRecord[] {
  const reader = new ValueReader(values)
  return Array.from({ length: reader.number() }, () => unpackRecord(reader))
}
