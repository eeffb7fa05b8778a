import type { PageQuery, RecordPage } from '../ports/store.ts'
import type { StoredRecord } from '../ports/stored-record.ts'
import { recordBytes } from './encoded-bytes.ts'

/** Where a page begins and which way it grows. `split` parts the collection: below it is older, from it on is newer. */
export interface PagePlace {
  readonly split: number
  readonly take: 'older' | 'newer' | 'both'
}

export function pagePlace(from: PageQuery['from']): PagePlace {
  if ('newest' in from) return { split: Number.MAX_SAFE_INTEGER, take: 'older' }
  if ('before' in from) return { split: from.before, take: 'older' }
  if ('after' in from) return { split: from.after + 1, take: 'newer' }
  return { split: from.around, take: 'both' }
}

/**
 * Fills a page from two walks that start at its place: `older` falling in `pos`, `newer` rising.
 * One rule for every store: both sides take turns where both count, so that the place stays in the
 * middle also where the bytes run out first; the first record is given whatever its size.
 */
export function takePage(
  place: PagePlace,
  older: Iterator<StoredRecord>,
  newer: Iterator<StoredRecord>,
  bounds: { readonly limit: number; readonly bytes: number },
): Omit<RecordPage, 'channel'> & { readonly bytes: number } {
  const down: StoredRecord[] = []
  const up: StoredRecord[] = []
  let nextDown = older.next()
  let nextUp = newer.next()
  let bytes = 0
  while (down.length + up.length < bounds.limit) {
    const side = nextSide(place.take, down.length < up.length, nextDown.done === true, nextUp.done === true)
    if (side === null) break
    const record = (side === 'older' ? nextDown : nextUp).value as StoredRecord
    const size = recordBytes(record)
    if (bytes > 0 && bytes + size >= bounds.bytes) break
    bytes += size
    if (side === 'older') {
      down.push(record)
      nextDown = older.next()
    } else {
      up.push(record)
      nextUp = newer.next()
    }
  }
  const records = down.reverse().concat(up)
  return {
    records,
    before: nextDown.done === true ? null : (records[0]?.pos ?? Math.min(place.split, Number.MAX_SAFE_INTEGER)),
    after: nextUp.done === true ? null : (records.at(-1)?.pos ?? Math.max(place.split - 1, 0)),
    bytes,
  }
}

function nextSide(
  take: PagePlace['take'],
  olderIsShort: boolean,
  olderDone: boolean,
  newerDone: boolean,
): 'older' | 'newer' | null {
  if (take === 'older') return olderDone ? null : 'older'
  if (take === 'newer') return newerDone ? null : 'newer'
  if (olderDone) return newerDone ? null : 'newer'
  return newerDone || olderIsShort ? 'older' : 'newer'
}
