/** Exports the log of one channel, for a service: every row with its place, author and dates, tombstones included. */
import { formatReadingCursor } from 'dovetail-protocol'
import type { ChannelFacts, StoredRecord } from '../../ports/store.ts'
import { channelNotFound } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { requireAction } from '../access/require-action.ts'
import { parsedCursor, resetFailure, whyReset } from '../read/read.ts'
import type { ExportContext } from './context.ts'

export interface Exported {
  readonly channel: ChannelFacts
  readonly records: readonly StoredRecord[]
  readonly cursor: string
  readonly more: boolean
}

/** Room for what stands around the records of a reply. */
const envelopeBytes = 2048

/** What changed above the cursor, in rising revision: each record once, in its latest state. */
export async function exportRecords(
  core: ExportContext,
  caller: Caller,
  { channel, after, limit }: { readonly channel: string; readonly after: string; readonly limit: number },
): Promise<Exported> {
  await requireAction(core, caller, channel, 'transfer')
  const cursor = parsedCursor(after)
  // The author of a tombstone is exported too, so a row takes more than it does for readers.
  const bytes = Math.max(1, core.limits.replyBytes - envelopeBytes - limit * 200)
  const read = await core.storeOf(channel).changes({ channel, after: cursor.rev, limit, bytes })
  if (read === null) throw channelNotFound(channel)
  const reason = whyReset(cursor, read.channel)
  if (reason !== null) throw resetFailure(reason, read.channel)
  return {
    channel: read.channel,
    records: read.changes,
    cursor: formatReadingCursor(read.channel.epoch, read.to, read.channel.floor),
    more: read.more,
  }
}
