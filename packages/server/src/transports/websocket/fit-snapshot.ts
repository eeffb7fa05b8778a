/**
 * Makes the snapshot of a subscribe fit one message: of each collection the newest records, and where its page goes on
 * with the others. The collections share the room, so that a large one does not displace a small one.
 */
import type { LiveRecord } from 'dovetail-protocol'
import type { RecordPage } from '../../ports/store.ts'
import type { JsonText } from '../../wire/json-text.ts'
import { encodeRecordWithin } from '../../wire/record.ts'
import type { SnapshotMembers } from '../../wire/replies.ts'

type Pages = ReadonlyMap<string, Pick<RecordPage, 'records' | 'before'>>

/** The bytes of a collection in the reply around its records. */
const aroundPage = 64

/** `bytes`: of all pages; `maxBytes`: of the messages that the client takes, for a record that alone would be too large. */
export function fitSnapshot(pages: Pages, bytes: number, maxBytes: number | null): Map<string, SnapshotMembers> {
  const encoded = [...pages].map(([collection, page]) => encodedPage(collection, page, maxBytes))
  const sizes = encoded.map(({ size }) => size)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const share = total <= bytes ? bytes : shareOf(bytes, sizes)
  return new Map(encoded.map((page) => [page.collection, newestOf(page, share)]))
}

type Encoded = ReturnType<typeof encodedPage>

function encodedPage(
  collection: string,
  { records, before }: Pick<RecordPage, 'records' | 'before'>,
  maxBytes: number | null,
) {
  const texts = records.map((record) => encodeRecordWithin(record, maxBytes) as JsonText<LiveRecord>)
  const sizes = texts.map((text) => Buffer.byteLength(text) + 1)
  const size = sizes.reduce((sum, each) => sum + each, aroundPage)
  return { collection, records, before, texts, sizes, size }
}

/** The most bytes of one page, so that all have room: what small pages leave goes to the large ones. */
function shareOf(bytes: number, sizes: readonly number[]): number {
  let left = bytes
  let others = sizes.length
  for (const size of sizes.toSorted((a, b) => a - b)) {
    if (size > left / others) break
    left -= size
    others--
  }
  return others === 0 ? bytes : left / others
}

function newestOf({ records, before, texts, sizes, size }: Encoded, share: number): SnapshotMembers {
  let first = 0
  for (let left = size; left > share && first < texts.length; first++) left -= sizes[first] ?? 0
  if (first === 0) return { records: texts, before }
  const next = records[first]?.pos ?? (records.at(-1)?.pos ?? 0) + 1
  return { records: texts.slice(first), before: next }
}
