/**
 * The write: names → policy → rights → data → key → preconditions → commit in a group → the hub
 * advances and the bell rings (`commit.ts`), all before the writer hears of it. What the decision
 * rested on is checked at the commit; where it has changed, the write is decided again.
 */
import { formatCursor } from '@dovetail/protocol'
import type { StoredRecord, Unit, Write, Written } from '../ports/store.ts'
import { collectionOf, namedChannel, namedCollection, namedKey, namedRecord, namedUser, policyOf } from './address.ts'
import { authorize, channelNotFound, needsToken, type Question, type Standing } from './authorize.ts'
import type { Caller } from './caller.ts'
import type { Core } from './core.ts'
import { decide, fingerprint, keyReused, proposedText, type Seen, type WriteCommand } from './decide.ts'
import { Failure } from './failure.ts'
import { idFor, requireOwnId } from './own-id.ts'
import type { CollectionPolicy, NamespacePolicy, PolicyRecord } from './policy.ts'
import { searchWords } from './words.ts'

export type { WriteCommand, WriteOp } from './decide.ts'

export interface WriteResult {
  readonly kind: Written['kind']
  readonly record: StoredRecord
  readonly epoch: string
  /** The position of the answer: it says nothing of what came before. */
  readonly at: string
}

/** `queued` is called when the write has its place in a commit: later ones come after it. */
export async function write(
  core: Core,
  caller: Caller,
  command: WriteCommand,
  queued?: () => void,
): Promise<WriteResult> {
  const [result] = await writeTogether(core, caller, [command], queued)
  if (result === undefined) throw new Error('a write without a result')
  return result
}

/** How often a write whose ground moved is decided again before it is given up as contention. */
const maxAttempts = 20

/** Writes to one channel, committed all or none. A refusal carries the index of the write at fault. */
export async function writeTogether(
  core: Core,
  caller: Caller,
  commands: readonly WriteCommand[],
  queued: () => void = () => {},
): Promise<WriteResult[]> {
  const drafts = commands.map((command, index) => blaming(index, () => draft(core, command)))
  const [first] = drafts
  if (first === undefined) return []
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const unit = await plan(core, caller, first.policy, drafts)
    const committing = core.groupOf(unit.channel).add(unit)
    queued()
    const outcome = await committing
    switch (outcome.kind) {
      case 'committed':
        return outcome.results.map(({ kind, record }) => ({
          kind,
          record,
          epoch: outcome.epoch,
          at: formatCursor(outcome.epoch, kind === 'created' || kind === 'changed' ? record.rev : outcome.head),
        }))
      case 'failed':
        throw outcome.cause
      case 'refused':
        if (outcome.reason === 'no_channel') throw channelNotFound(unit.channel)
        if (outcome.reason === 'key_reused') throw new WriteFailure(outcome.write, keyReused())
        core.standings.forget(unit.channel)
    }
  }
  throw new Failure('store_unavailable', 'Others write this record too fast; nothing was written.', { retryAfter: 1 })
}

/** A refusal and the write of the unit that it is about. */
export class WriteFailure extends Failure {
  readonly index: number
  constructor(index: number, failure: Failure) {
    super(failure.code, failure.message, failure.extras)
    this.index = index
  }
}

function blaming<Result>(index: number, step: () => Result): Result {
  try {
    return step()
  } catch (error) {
    throw blamed(index, error)
  }
}

function blamed(index: number, error: unknown): unknown {
  return error instanceof Failure ? new WriteFailure(index, error) : error
}

/** A write whose names are good and declared. */
interface Draft {
  readonly command: WriteCommand
  readonly policy: NamespacePolicy
  readonly collection: CollectionPolicy
}

function draft(core: Core, command: WriteCommand): Draft {
  namedChannel(command.channel)
  namedCollection(command.collection)
  if (command.op !== 'create') namedRecord(command.recordId ?? '')
  if (command.key !== undefined) namedKey(command.key)
  if (command.author !== undefined) namedUser(command.author)
  const policy = policyOf(core, command.channel)
  const collection = collectionOf(policy, command.collection)
  return { command, policy, collection }
}

async function plan(core: Core, caller: Caller, policy: NamespacePolicy, drafts: readonly Draft[]): Promise<Unit> {
  const channel = drafts[0]?.command.channel ?? ''
  const found = core.standings.of(channel, caller.user)
  const standing = found instanceof Promise ? await found : found
  const writes: Write[] = []
  for (const [index, each] of drafts.entries()) {
    try {
      writes.push(await planOne(core, caller, each, standing, writes))
    } catch (error) {
      throw blamed(index, error)
    }
  }
  const isPrivate = policy.private || standing.facts?.visibility === 'private'
  return {
    channel,
    at: core.clock.now(),
    writes,
    make: !isPrivate,
    membersRev: standing.facts?.membersRev ?? 0,
    // A revision that was seen means something in its own incarnation only.
    ...(writes.some((each) => each.expectRev !== null) ? { epoch: standing.facts?.epoch ?? null } : {}),
  }
}

async function planOne(
  core: Core,
  caller: Caller,
  each: Draft,
  standing: Standing,
  earlier: readonly Write[],
): Promise<Write> {
  const { command, collection } = each
  const author = command.author ?? caller.user ?? ''
  const recordId = command.op === 'create' ? idFor(core, collection, command, author) : (command.recordId ?? '')
  const isFresh = command.op === 'create' && collection.id === null
  const ask = (action: Question['action']) =>
    authorize({
      caller,
      author,
      channel: command.channel,
      policy: each.policy,
      standing,
      action,
      now: core.clock.now(),
    })
  const record = policyRecord(command, author, null, command.data)
  if (author !== (caller.user ?? '') && caller.role !== 'service') {
    // Who may not know of the channel is told that first.
    await ask({ verb: 'write', collection, record })
    throw notTheirs(caller)
  }
  if (isFresh) {
    await ask({ verb: 'write', collection, record })
    return freshWrite(core, each, recordId, author)
  }
  if (!(await mayTell(ask))) await ask({ verb: 'write', collection, record })
  const seen = await look(core, command, recordId, author, earlier)
  // What the key stands for was allowed and is done: it is told again, also where it could not be done a second time.
  if (seen.key !== 'known') await askFor(ask, command, collection, seen, author)
  const text =
    seen.key === 'known' && command.op === 'patch' ? '' : proposedText(command, collection, seen, core.limits)
  const data: unknown = command.op === 'patch' && text !== '' ? JSON.parse(text) : command.data
  if (command.op !== 'create' && text !== '') requireOwnId(collection, recordId, seen.record?.author ?? author, data)
  const made = decide({ command, recordId, author, collection, key: keyOf(command) }, seen, text)
  return made.effect === 'put' ? { ...made, ...wordsOf(collection, data) } : made
}

/** A record under an id that nobody can have seen: there is nothing to look at before it. */
function freshWrite(core: Core, { command, collection }: Draft, recordId: string, author: string): Write {
  const data = proposedText(command, collection, nothingSeen, core.limits)
  const key = keyOf(command)
  return {
    collection: collection.name,
    recordId,
    effect: 'put',
    data,
    author,
    expectRev: null,
    ...(key === undefined ? {} : { key }),
    ...wordsOf(collection, command.data),
  }
}

function keyOf(command: WriteCommand): { readonly key: string; readonly fingerprint: string } | undefined {
  return command.key === undefined ? undefined : { key: command.key, fingerprint: fingerprint(command) }
}

function notTheirs(caller: Caller): Failure {
  if (caller.user === null) return needsToken()
  return new Failure('forbidden', 'Only a service may write for another author.')
}

type Ask = (action: Question['action']) => Promise<void>

/** Whether the caller may read here: only then may a refusal tell that a record exists, or not. */
async function mayTell(ask: Ask): Promise<boolean> {
  try {
    await ask({ verb: 'read' })
    return true
  } catch (error) {
    if (error instanceof Failure && error.code !== 'internal') return false
    throw error
  }
}

async function askFor(
  ask: Ask,
  command: WriteCommand,
  collection: CollectionPolicy,
  seen: Seen,
  author: string,
): Promise<void> {
  const { record } = seen
  if (record === null) {
    if (command.op === 'delete' || command.op === 'patch') {
      throw new Failure('not_found', `There is no record "${command.recordId}" in "${command.collection}".`)
    }
    await ask({
      verb: 'write',
      collection,
      record: policyRecord(command, author, command.recordId ?? null, command.data),
    })
    return
  }
  const current = policyRecord(command, record.author, record.id, record.deleted ? null : JSON.parse(record.data))
  if (command.op === 'delete') await ask({ verb: 'delete', collection, record: current })
  else if (command.op === 'create')
    await ask({ verb: 'write', collection, record: policyRecord(command, author, record.id, command.data) })
  else await ask({ verb: 'edit', collection, record: current, proposed: command.data })
}

function policyRecord(command: WriteCommand, author: string, id: string | null, data: unknown): PolicyRecord {
  return { channel: command.channel, collection: command.collection, id, author, data }
}

const nothingSeen: Seen = { record: null, madeBy: null, epoch: null, key: 'new' }

/** The record as it stands, or as an earlier write of the same batch will leave it. */
async function look(
  core: Core,
  command: WriteCommand,
  recordId: string,
  author: string,
  earlier: readonly Write[],
): Promise<Seen> {
  const key = command.key === undefined ? undefined : { author, key: command.key }
  const target = { collection: command.collection, recordId }
  const found = await core.storeOf(command.channel).look(command.channel, [target], key)
  const keyState = found.key === null ? 'new' : found.key.fingerprint === fingerprint(command) ? 'known' : 'clashing'
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

function provisional(made: Write, before: StoredRecord | null, now: number): StoredRecord {
  const base = before ?? { pos: 0, rev: 0, author: made.author, createdAt: now }
  const deleted = made.effect === 'delete'
  return {
    ...base,
    collection: made.collection,
    id: made.recordId,
    updatedAt: now,
    deleted,
    data: deleted ? '' : made.data,
  }
}

function wordsOf(collection: CollectionPolicy, data: unknown): { words?: string } {
  return collection.search.length === 0 ? {} : { words: searchWords(collection.search, data) }
}
