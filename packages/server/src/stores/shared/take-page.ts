import type { PageQuery, RecordPage } from '../../ports/store.ts'
import type { StoredRecord } from '../../ports/stored-record.ts'
import { recordBytes } from './encoded-bytes.ts'

/**
 * Where a page begins and in which direction it grows. `split` divides the collection: positions below
 * it are older, the others newer.
 */
export interface PageStart {
  readonly split: number
  readonly take: 'older' | 'newer' | 'both'
}

export function pageStart(from: PageQuery['from']): PageStart {
  if ('newest' in from) return { split: Number.MAX_SAFE_INTEGER, take: 'older' }
  if ('before' in from) return { split: from.before, take: 'older' }
  if ('after' in from) return { split: from.after + 1, take: 'newer' }
  return { split: from.around, take: 'both' }
}

/**
 * Fills a page from two walks that start at `split`: `older` falling in `pos`, `newer` rising. The same
 * rule for every store: where both sides count they take turns, so that `split` stays in the middle even
 * where the byte limit ends the page; the first record is given whatever its size.
 */
export function takePage(
  start: PageStart,
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
    const side = nextSide(start.take, down.length < up.length, nextDown.done === true, nextUp.done === true)
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
    before: nextDown.done === true ? null : (records[0]?.pos ?? Math.min(start.split, Number.MAX_SAFE_INTEGER)),
    after: nextUp.done === true ? null : (records.at(-1)?.pos ?? Math.max(start.split - 1, 0)),
    bytes,
  }
}

function nextSide(
  take: PageStart['take'],
  olderIsShort: boolean,
  olderDone: boolean,
  newerDone: boolean,
): 'older' | 'newer' | null {
  if (take === 'older') return olderDone ? null : 'older'
  if (take === 'newer') return newerDone ? null : 'newer'
  if (olderDone) return newerDone ? null : 'newer'
  return newerDone || olderIsShort ? 'older' : 'newer'
}
