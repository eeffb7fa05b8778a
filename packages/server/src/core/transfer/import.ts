/**
 * Imports records into one channel, for a service: with their ids, authors and dates, in the order given. What is there
 * already stays as it is, so that a second import changes nothing; a record that is refused holds no other one back.
 * Nobody's write rights are asked.
 *
 * A record of an export brings its `pos` and `rev` along: it is taken where the log does not reach its revision yet.
 */
import { formatCursor } from 'dovetail-protocol'
import type { ChannelFacts, StoredRecord, Unit, Write } from '../../ports/store.ts'
import type { Caller } from '../access/caller.ts'
import { checkedPayload, wrongAt } from '../access/check.ts'
import type { NamespacePolicy } from '../access/policy.ts'
import { requireAction } from '../access/require-action.ts'
import { Failure } from '../rules/failure.ts'
import type { ImportContext } from './context.ts'
import { type Import, type ImportedWrite, type ImportRules, importedWrite, newestImported } from './imported-write.ts'

export type { Import } from './imported-write.ts'

/** What the import makes of a channel that is not there yet. */
export interface NewChannel {
  /** Absent: as the namespace has it. */
  readonly visibility?: 'public' | 'private' | undefined
  readonly title?: string | undefined
  /** Milliseconds since the Unix epoch; absent: now. */
  readonly createdAt?: number | undefined
}

export interface ImportRequest extends NewChannel {
  readonly channel: string
  /** A record, or why its shape is wrong. */
  readonly records: readonly (Import | Failure)[]
  /** The head of the log from which the records were exported. */
  readonly head?: number | undefined
}

export type ImportResult =
  | { readonly status: 'created' | 'kept'; readonly id: string }
  | { readonly status: 'refused'; readonly failure: Failure }

export interface Imported {
  /** In the order of the records. */
  readonly results: readonly ImportResult[]
  readonly at: string
}

/** How often an import whose ground moved is planned again before it is given up as contention. */
const maxAttempts = 20

export async function importRecords(core: ImportContext, caller: Caller, request: ImportRequest): Promise<Imported> {
  const { channel } = request
  const { policy, membership } = await requireAction(core, caller, channel, 'transfer')
  if ((request.head ?? 0) > newestImported) throw wrongAt('/head', `A "head" is ${newestImported} at most.`)
  if (membership.facts === null) await makeChannel(core, policy, request)
  const rules = { policy, limits: core.limits, caller: caller.user ?? '', now: core.clock.now() }
  const checked = request.records.map((record) => check(record, rules))
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const found = await readThere(core, channel, checked)
    const planned = planImport(checked, found)
    const outcome = await commit(core, request, found.facts, planned.writes)
    if (outcome !== null) return { results: planned.results, at: formatCursor(outcome.epoch, outcome.head) }
  }
  throw new Failure('store_unavailable', 'Others write this channel too fast; nothing was imported.', { retryAfter: 1 })
}

async function makeChannel(core: ImportContext, policy: NamespacePolicy, request: ImportRequest): Promise<void> {
  const { channel: name, visibility, title = null, createdAt = core.clock.now() } = request
  if (title !== null) checkedPayload(title, core.limits)
  if (policy.private && visibility === 'public')
    throw new Failure('invalid_data', `Channels of "${policy.name}" are private.`, {
      errors: [{ pointer: '/visibility', message: 'Channels here are private.' }],
    })
  await core.storeOf(name).open({
    name,
    at: createdAt,
    visibility: visibility ?? (policy.private ? 'private' : 'public'),
    title,
    owner: null,
  })
  core.memberships.forget(name)
}

function check(record: Import | Failure, rules: ImportRules): ImportedWrite | Failure {
  if (record instanceof Failure) return record
  try {
    return importedWrite(record, rules)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

/** What is in the channel already. */
interface Found {
  readonly facts: ChannelFacts
  /** What stands under the ids of the records that are not refused, in their order. */
  readonly records: readonly (StoredRecord | null)[]
  /** For each of them, whether another record has its `pos`. */
  readonly isTaken: readonly boolean[]
}

async function readThere(
  core: ImportContext,
  channel: string,
  checked: readonly (ImportedWrite | Failure)[],
): Promise<Found> {
  const targets = checked.flatMap((each) => (each instanceof Failure ? [] : [each.write]))
  const { channel: facts, records } = await core.storeOf(channel).lookup(channel, targets)
  if (facts === null) throw new Failure('not_found', `The channel "${channel}" was deleted while it was imported.`)
  const isTaken = targets.map(({ collection, stamp: { slot } }, index) => {
    if (slot === null || slot.pos > facts.head || records[index] !== null) return false
    return hasRecordAt(core, { channel, collection, pos: slot.pos })
  })
  return { facts, records, isTaken: await Promise.all(isTaken) }
}

async function hasRecordAt(
  core: ImportContext,
  { channel, collection, pos }: { readonly channel: string; readonly collection: string; readonly pos: number },
): Promise<boolean> {
  const from = { after: pos - 1 }
  const page = await core.storeOf(channel).page({ channel, collection, from, limit: 1, bytes: 1 })
  return page?.records[0]?.pos === pos
}

function planImport(
  checked: readonly (ImportedWrite | Failure)[],
  { facts, records, isTaken }: Found,
): { readonly writes: readonly Write[]; readonly results: readonly ImportResult[] } {
  const writes: Write[] = []
  /** Record → the index of the write that makes or changes it. */
  const written = new Map<string, number>()
  /** Position → the record of this import that has it. */
  const placed = new Map<number, string>()
  let next = 0
  let head = facts.head
  const results = checked.map((each): ImportResult => {
    if (each instanceof Failure) return { status: 'refused', failure: each }
    const { write, words } = each
    const [before, isPosTaken] = [records[next] ?? null, isTaken[next] ?? false]
    next++
    const name = `${write.collection} ${write.recordId}`
    const earlier = written.get(name)
    const { slot } = write.stamp
    if (slot === null && (before !== null || earlier !== undefined)) return { status: 'kept', id: write.recordId }
    if (slot !== null && slot.rev <= head) return ofReached(write.recordId, slot, before, head)
    if (slot !== null && (isPosTaken || (placed.get(slot.pos) ?? name) !== name))
      return { status: 'refused', failure: wrongAt('/pos', 'Another record of the log has this "pos".') }
    if (slot !== null) placed.set(slot.pos, name)
    const expectRev = earlier === undefined ? (before?.rev ?? 0) : { write: earlier }
    writes.push({ ...write, words: words(), expectRev })
    written.set(name, writes.length - 1)
    head = slot?.rev ?? head + 1
    return { status: 'created', id: write.recordId }
  })
  return { writes, results }
}

/** A record whose revision the log has reached was imported before; or this is the log of something else. */
function ofReached(
  id: string,
  slot: { readonly pos: number; readonly rev: number },
  before: StoredRecord | null,
  head: number,
): ImportResult {
  if (before?.pos === slot.pos && before.rev >= slot.rev) return { status: 'kept', id }
  const detail = `The log has reached revision ${head} without this record: an export goes into a new channel.`
  return { status: 'refused', failure: new Failure('rev_mismatch', detail) }
}

/** `null`: what the plan rests on has changed. */
async function commit(
  core: ImportContext,
  { channel, head }: ImportRequest,
  facts: ChannelFacts,
  writes: readonly Write[],
): Promise<{ readonly epoch: string; readonly head: number } | null> {
  if (writes.length === 0 && (head ?? 0) <= facts.head) return facts
  const at = core.clock.now()
  const unit: Unit = { channel, at, writes, make: false, membersRev: null, epoch: facts.epoch }
  const outcome = await core.groupOf(channel).add(head === undefined ? unit : { ...unit, head })
  switch (outcome.kind) {
    case 'committed':
      return outcome
    case 'failed':
      throw outcome.cause
    case 'refused':
      core.memberships.forget(channel)
      return null
  }
}
