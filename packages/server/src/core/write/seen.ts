/** What a write's decision rests on: the record as it stands, or as an earlier write of the same batch will leave it. */
import type { StoredRecord, Write } from '../../ports/store.ts'
import type { WriteContext } from './context.ts'
import { fingerprint, type Seen, type WriteCommand } from './decide.ts'

/** What a write under a new id saw: nothing. */
export const nothingSeen: Seen = { record: null, madeBy: null, epoch: null, key: 'new' }

export async function readSeen(
  core: Pick<WriteContext, 'storeOf' | 'clock'>,
  command: WriteCommand,
  recordId: string,
  author: string,
  earlier: readonly Write[],
): Promise<Seen> {
  const key = command.key === undefined ? undefined : { author, key: command.key }
  const target = { collection: command.collection, recordId }
  const found = await core.storeOf(command.channel).lookup(command.channel, [target], key)
  const twin =
    key === undefined ? undefined : earlier.find((made) => made.author === author && made.key?.key === key.key)
  const known = found.key ?? twin?.key ?? null
  const keyState = known === null ? 'new' : known.fingerprint === fingerprint(command) ? 'known' : 'clashing'
  let seen: Seen = {
    record: found.records[0] ?? null,
    madeBy: null,
    epoch: found.channel?.epoch ?? null,
    key: keyState,
  }
  earlier.forEach((made, index) => {
    if (made.collection !== command.collection || made.recordId !== recordId || made.effect === 'keep') return
    seen = { ...seen, record: provisional(made, seen.record, core.clock.now()), madeBy: index }
  })
  return seen
}

/** The record as a write of the same batch will leave it; its position and revision are not known yet. */
function provisional(made: Write, before: StoredRecord | null, now: number): StoredRecord {
  const { pos, rev, author, createdAt } = before ?? { pos: 0, rev: 0, author: made.author, createdAt: now }
  const deleted = made.effect === 'delete'
  return {
    pos,
    rev,
    author,
    createdAt,
    collection: made.collection,
    id: made.recordId,
    updatedAt: now,
    deleted,
    data: deleted ? '' : made.data,
    ...(deleted ? { deletedBy: made.author } : {}),
  }
}
