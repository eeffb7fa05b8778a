/**
 * Finds the outcome of a write whose answer never arrived, by reading the log. The idempotency key does not help
 * once the server has forgotten it: the write would then be applied twice.
 */
import type { AnyRecord, Change, ChangesReply } from 'dovetail-protocol'
import { parseCursor } from 'dovetail-protocol/cursor'
import type { DovetailError } from '../base/errors.ts'
import { mergePatch } from '../base/merge-patch.ts'
import type { Network } from '../base/network.ts'
import { channelPath } from '../base/rest.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import { asSent, isSameJson } from './same-json.ts'
import type { Written } from './write.ts'

export type Outcome =
  | { readonly name: 'written'; readonly written: Written }
  /** The write is not in the log: it may be sent again. */
  | { readonly name: 'absent' }
  /** The log does not show the outcome, for example when the record may have been edited or deleted since. */
  | { readonly name: 'unclear' }

/** At most this many replies of the log are read for one write. */
const maxReplies = 20

/** `isClaimed` says whether a record is known to be the outcome of another write. */
export async function findOutcome(
  network: Network,
  entry: OutboxEntry,
  isClaimed: (id: string) => boolean,
): Promise<Outcome> {
  const since = entry.since === null ? null : parseCursor(entry.since)
  if (since === null || entry.since === null) return { name: 'unclear' }
  const changes = await changesAbove(network, entry.channel, entry.since)
  if (changes === null) return { name: 'unclear' }
  const records = changes.filter(({ collection }) => collection === entry.collection).map(({ record }) => record)
  return entry.op === 'create'
    ? outcomeOfCreate(
        entry,
        records.filter(({ id, pos }) => pos > since.rev && !isClaimed(id)),
      )
    : outcomeOfEdit(entry, records)
}

/** The created record has the same user and the same data. A record that was edited or deleted since leaves the outcome unclear. */
function outcomeOfCreate(entry: OutboxEntry, made: readonly AnyRecord[]): Outcome {
  const data = asSent(entry.data)
  const own = made.filter((record) => record.deleted || record.author === entry.user)
  const found = own.find((record) => !record.deleted && isSameJson(record.data, data))
  if (found !== undefined) return written(found)
  return { name: own.some((record) => record.deleted || record.rev > record.pos) ? 'unclear' : 'absent' }
}

/** If nobody changed the record since, the edit is absent. Otherwise the record's present data decides. */
function outcomeOfEdit(entry: OutboxEntry, changed: readonly AnyRecord[]): Outcome {
  const record = changed.find(({ id }) => id === entry.recordId)
  if (record === undefined) return { name: 'absent' }
  if (entry.op === 'delete') return record.deleted ? written(record) : { name: 'absent' }
  // The server refuses a patch or an append of a deleted record, but a put would create it again.
  if (record.deleted) return { name: entry.op === 'put' ? 'unclear' : 'absent' }
  // Its text may be that of another write.
  if (entry.op === 'append') return { name: 'unclear' }
  const data = asSent(entry.data)
  const after = entry.op === 'patch' ? mergePatch(record.data, data) : data
  return isSameJson(record.data, after) ? written(record) : { name: 'unclear' }
}

function written(record: AnyRecord): Outcome {
  return { name: 'written', written: { record, at: null } }
}

/** Reads the changes after a cursor. Null: the log cannot be read from that cursor. */
async function changesAbove(network: Network, channel: string, after: string): Promise<Change[] | null> {
  const changes: Change[] = []
  let cursor = after
  for (let reply = 0; reply < maxReplies; reply += 1) {
    const answer = await network.rest
      .get<ChangesReply>(`${channelPath(channel)}/changes`, { query: { after: cursor } })
      .catch((error: DovetailError) => {
        if (error.code === 'reset') return null
        throw error
      })
    if (answer === null) return null
    changes.push(...answer.changes)
    if (!answer.more) return changes
    cursor = answer.cursor
  }
  return null
}
