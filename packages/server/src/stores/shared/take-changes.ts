import type { ChangesQuery, ChangesRead, ChannelFacts } from '../../ports/store.ts'
import type { StoredRecord } from '../../ports/stored-record.ts'
import { changeBytes } from './encoded-bytes.ts'

/**
 * Takes changes, in rising revision, up to the number and bytes requested. The same rule for every
 * store: the first change is given whatever its size, and a change that is left over means that there
 * are more.
 */
export function takeChanges(
  channel: ChannelFacts,
  records: Iterable<StoredRecord>,
  { after, limit, bytes }: Pick<ChangesQuery, 'after' | 'limit' | 'bytes'>,
): ChangesRead {
  const changes: StoredRecord[] = []
  let taken = 0
  for (const record of records) {
    const size = changeBytes(record)
    const isFull = changes.length >= limit || (taken > 0 && taken + size >= bytes)
    if (isFull) return { channel, changes, to: changes.at(-1)?.rev ?? after, more: true }
    taken += size
    changes.push(record)
  }
  return { channel, changes, to: channel.head, more: false }
}
