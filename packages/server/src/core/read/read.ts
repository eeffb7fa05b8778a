/**
 * Single records, pages and changes. A reply and its cursor come from one snapshot, and the rights
 * are those of that snapshot: where a membership changed in between, they are asked again.
 */
import { beginningFloor, type Cursor, formatCursor, parseCursor, type ResetReason } from 'dovetail-protocol'
import type { ChangesRead, ChannelFacts, PageQuery, RecordPage, StoredRecord } from '../../ports/store.ts'
import { collectionOf, namedChannel, namedCollection, namedRecord, namedUser, policyOf } from '../access/address.ts'
import type { Caller } from '../access/caller.ts'
import { readable, readSteadily } from '../access/readable.ts'
import { isExpired } from '../log/feeds/is-expired.ts'
import { Failure } from '../rules/failure.ts'
import type { ReadContext } from './context.ts'

export interface RecordReply {
  readonly record: StoredRecord
  readonly epoch: string
  readonly at: string
}

export async function readRecord(
  core: ReadContext,
  caller: Caller,
  channel: string,
  collection: string,
  id: string,
): Promise<RecordReply> {
  namedChannel(channel)
  namedCollection(collection)
  namedRecord(id)
  collectionOf(policyOf(core, channel), collection)
  const store = core.storeOf(channel)
  await readable(core, caller, channel)
  const found = await store.lookup(channel, [{ collection, recordId: id }])
  const record = found.records[0] ?? null
  if (found.channel === null || record === null)
    throw new Failure('not_found', `There is no record "${id}" in "${collection}".`)
  if (record.deleted) throw new Failure('gone', `The record "${id}" was deleted.`)
  return { record, epoch: found.channel.epoch, at: formatCursor(found.channel.epoch, found.channel.head) }
}

export interface PageReply {
  readonly records: readonly StoredRecord[]
  readonly cursor: string
  readonly before: number | null
  readonly after: number | null
  /** How many records were read for it. */
  readonly read: number
}

export interface PageRequest {
  readonly channel: string
  readonly collection: string
  readonly from: PageQuery['from']
  readonly limit: number
  /** Whose records alone are given; absent: everybody's. */
  readonly author?: string | undefined
}

/**
 * A page; one of an author's is what a page of `pageRecords` records has of theirs, so that what it costs is bounded: it
 * may be empty where `before` or `after` says that more is to be read.
 */
export async function readPage(core: ReadContext, caller: Caller, request: PageRequest): Promise<PageReply> {
  const { channel, collection, from, limit, author } = request
  namedChannel(channel)
  namedCollection(collection)
  if (author !== undefined) namedUser(author)
  collectionOf(policyOf(core, channel), collection)
  const width = author === undefined ? limit : core.limits.pageRecords
  const query = { channel, collection, from, limit: width, bytes: core.limits.replyBytes - envelopeBytes }
  const page = await readSteadily<RecordPage | null>(core, caller, channel, () => core.storeOf(channel).page(query))
  if (page === null) return { records: [], cursor: '0', before: null, after: null, read: 0 }
  const cursor = formatCursor(page.channel.epoch, page.channel.head)
  const { records, before, after } = author === undefined ? page : byAuthor(page, author, from, limit)
  return { records, cursor, before, after, read: page.records.length }
}

/** The author's records of a page, at most `limit`: the last ones, or the first ones where it is read upwards. */
function byAuthor(
  { records: all, before, after }: RecordPage,
  author: string,
  from: PageQuery['from'],
  limit: number,
): Pick<RecordPage, 'records' | 'before' | 'after'> {
  const theirs = all.filter((record) => record.author === author)
  if (theirs.length <= limit) return { records: theirs, before, after }
  if ('after' in from) {
    const records = theirs.slice(0, limit)
    return { records, before, after: records.at(-1)?.pos ?? null }
  }
  const records = theirs.slice(-limit)
  return { records, before: records[0]?.pos ?? null, after }
}

/** Room for what stands around the records of a reply. */
const envelopeBytes = 1024

export interface ChangesReply {
  readonly channel: string
  readonly epoch: string | null
  readonly from: number
  readonly to: number
  readonly changes: readonly StoredRecord[]
  readonly more: boolean
  /** That of the log when it was read; 0 where nothing was. */
  readonly floor: number
}

/** What changed above a cursor; no cursor: nothing, from now. */
export async function readChanges(
  core: ReadContext,
  caller: Caller,
  channel: string,
  after: string | null,
  limit: number,
  maxBytes = core.limits.replyBytes,
): Promise<ChangesReply> {
  // A caller who may not know of the channel gets that refusal, and not what is wrong with the cursor.
  if (after !== null && parseCursor(after) === null) await readable(core, caller, channel)
  const cursor = after === null ? null : parsedCursor(after)
  const query = {
    channel,
    after: cursor?.rev ?? Number.MAX_SAFE_INTEGER,
    limit,
    bytes: Math.max(1, maxBytes - envelopeBytes),
  }
  const read = await readSteadily<ChangesRead | null>(core, caller, channel, () => core.storeOf(channel).changes(query))
  if (cursor === null) {
    const head = read?.channel.head ?? 0
    return { channel, epoch: read?.channel.epoch ?? null, from: head, to: head, changes: [], more: false, floor: 0 }
  }
  const reason = whyReset(cursor, read?.channel ?? null)
  if (reason !== null) throw resetFailure(reason, read?.channel ?? null)
  return {
    channel,
    epoch: read?.channel.epoch ?? null,
    from: cursor.rev,
    to: read?.to ?? 0,
    changes: read?.changes ?? [],
    more: read?.more ?? false,
    floor: read?.channel.floor ?? 0,
  }
}

/** From where a reader goes on, and the floor that the log had where its reading began at `0`. */
export type StartCursor = Cursor & { readonly begunAt: number }

export function parsedCursor(text: string): StartCursor {
  const cursor = parseCursor(text)
  if (cursor === null)
    throw new Failure('invalid_cursor', 'A cursor is 0 or an epoch, a dot and a revision, as replies give it.')
  return { ...cursor, begunAt: beginningFloor(text) }
}

/** Why a cursor can't be continued in this log; `null`: it can. Only the store's word is taken for "ahead". */
export function whyReset(cursor: StartCursor, facts: ChannelFacts | null): ResetReason | null {
  if (cursor.epoch === null) return null
  if (facts === null || facts.epoch !== cursor.epoch) return 'epoch'
  if (cursor.rev > facts.head) return 'ahead'
  return isExpired(cursor.rev, cursor.begunAt, facts.floor) ? 'expired' : null
}

export function resetFailure(reason: ResetReason, facts: ChannelFacts | null): Failure {
  const cursor = formatCursor(facts?.epoch ?? null, facts?.head ?? 0)
  return new Failure('reset', `This cursor can not be continued (${reason}); read again and go on from there.`, {
    reason,
    cursor,
  })
}
