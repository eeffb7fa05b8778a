/**
 * Single records, pages and changes. A reply and its cursor come from one snapshot, and the rights
 * are those of that snapshot: where a membership changed in between, they are asked again.
 */
import { formatCursor, parseCursor, type ResetReason } from '@dovetail/protocol'
import type { ChangesRead, ChannelFacts, PageQuery, RecordPage, StoredRecord } from '../ports/store.ts'
import { collectionOf, namedChannel, namedCollection, namedRecord, policyOf } from './address.ts'
import { authorize, type Standing } from './authorize.ts'
import type { Caller } from './caller.ts'
import type { Core } from './core.ts'
import { Failure } from './failure.ts'
import type { NamespacePolicy } from './policy.ts'

/** Who the caller is here, once the name is good, the namespace declared and reading allowed. */
export async function readable(
  core: Core,
  caller: Caller,
  channel: string,
): Promise<{ policy: NamespacePolicy; standing: Standing }> {
  namedChannel(channel)
  const policy = policyOf(core, channel)
  const standing = await core.standings.of(channel, caller.user)
  await authorize({ caller, channel, policy, standing, action: { verb: 'read' }, now: core.clock.now() })
  return { policy, standing }
}

/** Runs a read until it and the rights it needs come from one state of the channel's members. */
export async function readSteadily<Result extends { readonly channel: ChannelFacts } | null>(
  core: Core,
  caller: Caller,
  channel: string,
  read: () => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const { standing } = await readable(core, caller, channel)
    const result = await read()
    if ((result?.channel.membersRev ?? 0) === (standing.facts?.membersRev ?? 0)) return result
    core.standings.forget(channel)
  }
}

export interface RecordReply {
  readonly record: StoredRecord
  readonly epoch: string
  readonly at: string
}

export async function readRecord(
  core: Core,
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
  const look = await store.look(channel, [{ collection, recordId: id }])
  const record = look.records[0] ?? null
  if (look.channel === null || record === null)
    throw new Failure('not_found', `There is no record "${id}" in "${collection}".`)
  if (record.deleted) throw new Failure('gone', `The record "${id}" was deleted.`)
  return { record, epoch: look.channel.epoch, at: formatCursor(look.channel.epoch, look.channel.head) }
}

export interface PageReply {
  readonly records: readonly StoredRecord[]
  readonly cursor: string
  readonly before: number | null
  readonly after: number | null
}

export interface PageRequest {
  readonly channel: string
  readonly collection: string
  readonly from: PageQuery['from']
  readonly limit: number
}

export async function readPage(core: Core, caller: Caller, request: PageRequest): Promise<PageReply> {
  const { channel, collection, from, limit } = request
  namedChannel(channel)
  namedCollection(collection)
  collectionOf(policyOf(core, channel), collection)
  const query = { channel, collection, from, limit, bytes: core.limits.replyBytes - envelopeBytes }
  const page = await readSteadily<RecordPage | null>(core, caller, channel, () => core.storeOf(channel).page(query))
  if (page === null) return { records: [], cursor: '0', before: null, after: null }
  return {
    records: page.records,
    cursor: formatCursor(page.channel.epoch, page.channel.head),
    before: page.before,
    after: page.after,
  }
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
}

/** What changed above a cursor; no cursor: nothing, from now. */
export async function readChanges(
  core: Core,
  caller: Caller,
  channel: string,
  after: string | null,
  limit: number,
  maxBytes = core.limits.replyBytes,
): Promise<ChangesReply> {
  const cursor = after === null ? null : parseCursor(after)
  if (after !== null && cursor === null) {
    // Who may not know of the channel is told that before what is wrong with the cursor.
    await readable(core, caller, channel)
    throw noCursor()
  }
  const query = {
    channel,
    after: cursor?.rev ?? Number.MAX_SAFE_INTEGER,
    limit,
    bytes: Math.max(1, maxBytes - envelopeBytes),
  }
  const read = await readSteadily<ChangesRead | null>(core, caller, channel, () => core.storeOf(channel).changes(query))
  if (cursor === null) {
    const head = read?.channel.head ?? 0
    return { channel, epoch: read?.channel.epoch ?? null, from: head, to: head, changes: [], more: false }
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
  }
}

export function parsedCursor(text: string): { epoch: string | null; rev: number } {
  const cursor = parseCursor(text)
  if (cursor === null) throw noCursor()
  return cursor
}

function noCursor(): Failure {
  return new Failure('invalid_cursor', 'A cursor is 0 or an epoch, a dot and a revision, as replies give it.')
}

/** Why a cursor can't be continued in this log; `null`: it can. Only the store's word is taken for "ahead". */
export function whyReset(
  cursor: { epoch: string | null; rev: number },
  facts: ChannelFacts | null,
): ResetReason | null {
  if (cursor.epoch === null) return null
  if (facts === null || facts.epoch !== cursor.epoch) return 'epoch'
  if (cursor.rev > facts.head) return 'ahead'
  return cursor.rev < facts.floor ? 'expired' : null
}

export function resetFailure(reason: ResetReason, facts: ChannelFacts | null): Failure {
  const cursor = formatCursor(facts?.epoch ?? null, facts?.head ?? 0)
  return new Failure('reset', `This cursor can not be continued (${reason}); read again and go on from there.`, {
    reason,
    cursor,
  })
}
