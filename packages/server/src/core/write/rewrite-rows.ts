/** Writes rows anew that a walk has read, many in one commit. Rows that others change meanwhile are read again. */
import type { ChannelFacts, Store, StoredRecord, Unit } from '../../ports/store.ts'
import type { AccessContext } from '../access/context.ts'
import type { LogContext } from '../log/context.ts'
import { Failure } from '../rules/failure.ts'

export interface RowRewrite {
  /** Where the rows were read, and are read again. */
  readonly store: Store
  /** Whether the row is to be written, as it is now. */
  readonly isMeant: (row: StoredRecord) => boolean
  /** The commit of these rows: refused as a whole where one of them has changed. */
  readonly unitOf: (rows: readonly StoredRecord[]) => Unit
}

/** Writes of one commit: few enough that other writers hardly notice. */
const groupWrites = 100
/** How often rows that others change meanwhile are read again. */
const maxAttempts = 20

/** Resolves with the number of rows that were meant. */
export async function rewriteRows(
  core: Pick<LogContext, 'groupOf'> & Pick<AccessContext, 'memberships'>,
  channel: ChannelFacts,
  rows: readonly StoredRecord[],
  rewrite: RowRewrite,
): Promise<number> {
  const meant = rows.filter(rewrite.isMeant)
  for (let from = 0; from < meant.length; from += groupWrites)
    await rewriteGroup(core, channel, meant.slice(from, from + groupWrites), rewrite)
  return meant.length
}

async function rewriteGroup(
  core: Pick<LogContext, 'groupOf'> & Pick<AccessContext, 'memberships'>,
  channel: ChannelFacts,
  rows: readonly StoredRecord[],
  { store, isMeant, unitOf }: RowRewrite,
): Promise<void> {
  let there = rows
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    if (there.length === 0) return
    const outcome = await core.groupOf(channel.name).add(unitOf(there))
    if (outcome.kind === 'failed') throw outcome.cause
    if (outcome.kind === 'committed') return
    core.memberships.forget(channel.name)
    const targets = rows.map(({ collection, id }) => ({ collection, recordId: id }))
    const found = await store.lookup(channel.name, targets)
    // Of another incarnation of the channel nothing is known yet: the next walk finds it.
    if (found.channel?.epoch !== channel.epoch) return
    there = found.records.flatMap((record) => (record !== null && isMeant(record) ? [record] : []))
  }
  throw new Failure('store_unavailable', 'Others write these records too fast.', { retryAfter: 1 })
}
