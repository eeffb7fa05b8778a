/** The deletes of records that are over, as one unit: refused as a whole where one of them has changed. */
import type { ChannelFacts, StoredRecord, Unit } from '../../ports/store.ts'
import type { RetentionContext } from './context.ts'

/** Records of one unit. */
export const groupRecords = 100

/** Resolves with whether they were deleted; else another write came between. */
export async function deleteTogether(
  core: RetentionContext,
  channel: ChannelFacts,
  records: readonly StoredRecord[],
): Promise<boolean> {
  if (records.length === 0) return true
  const outcome = await core.groupOf(channel.name).add(deletionOf(channel, records, core.clock.now()))
  if (outcome.kind === 'failed') throw outcome.cause
  return outcome.kind === 'committed'
}

function deletionOf(channel: ChannelFacts, records: readonly StoredRecord[], at: number): Unit {
  return {
    channel: channel.name,
    at,
    make: false,
    membersRev: null,
    epoch: channel.epoch,
    writes: records.map(({ collection, id, rev, author }) => ({
      collection,
      recordId: id,
      effect: 'delete',
      data: '',
      author,
      expectRev: rev,
    })),
  }
}
