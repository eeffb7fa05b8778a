/**
 * Plans a unit of writes: what the store is to commit, given what is there now. Each write is one of four cases: it is
 * for another author (refused, unless a service writes), its record is new, its idempotency key is known, or it changes
 * what was seen.
 */
import type { Unit, Write } from '../../ports/store.ts'
import {
  collectionOf,
  namedChannel,
  namedCollection,
  namedKey,
  namedRecord,
  namedUser,
  policyOf,
} from '../access/address.ts'
import type { Membership } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import type { CollectionPolicy, NamespacePolicy } from '../access/policy.ts'
import { requireFiles } from '../files/require-files.ts'
import { mayHaveFiles } from '../rules/file-fields.ts'
import { searchWords } from '../rules/search-tokens.ts'
import type { WriteContext } from './context.ts'
import { decide, fingerprint, isUpdate, propose, type Seen, type WriteCommand } from './decide.ts'
import type { GrownState } from './growing-words.ts'
import { idFor, requireOwnId } from './own-id.ts'
import { nothingSeen, readSeen } from './seen.ts'
import { blamed } from './write-failure.ts'
import { asks, policyRecord, requireMayLearn, requireOwnAuthor, requireRight, type Writer } from './write-rights.ts'

/** A write whose names are good and declared. */
export interface Draft {
  readonly command: WriteCommand
  readonly policy: NamespacePolicy
  readonly collection: CollectionPolicy
}

/** Throws `invalid_name` or `not_found`. */
export function draft(core: Pick<WriteContext, 'policies'>, command: WriteCommand): Draft {
  namedChannel(command.channel)
  namedCollection(command.collection)
  if (command.op !== 'create') namedRecord(command.recordId ?? '')
  if (command.key !== undefined) namedKey(command.key)
  if (command.author !== undefined) namedUser(command.author)
  const policy = policyOf(core, command.channel)
  const collection = collectionOf(policy, command.collection)
  return { command, policy, collection }
}

/** The unit to commit for drafts of one channel. Throws the refusal of the first write that is refused. */
export async function plan(
  core: WriteContext,
  caller: Caller,
  policy: NamespacePolicy,
  drafts: readonly Draft[],
): Promise<Unit> {
  const channel = drafts[0]?.command.channel ?? ''
  const found = core.memberships.of(channel, caller.user)
  const membership = found instanceof Promise ? await found : found
  const writes: Write[] = []
  for (const [index, each] of drafts.entries()) {
    try {
      writes.push(await planOne(core, caller, each, membership, writes))
    } catch (error) {
      throw blamed(index, error)
    }
  }
  if (membership.facts === null && writes.some(({ effect }) => effect === 'put'))
    core.creations.take(caller, drafts[0]?.command.address ?? null)
  const isPrivate = policy.private || membership.facts?.visibility === 'private'
  return {
    channel,
    at: core.clock.now(),
    writes,
    make: !isPrivate,
    membersRev: membership.facts?.membersRev ?? 0,
    // A revision that was seen means something in its own incarnation only.
    ...(writes.some((each) => each.expectRev !== null) ? { epoch: membership.facts?.epoch ?? null } : {}),
  }
}

type PlanContext = Pick<WriteContext, 'limits' | 'files' | 'clock' | 'growingWords'>

/** A draft, whose record and author are known. */
interface Target extends Draft {
  readonly recordId: string
  readonly author: string
}

async function planOne(
  core: WriteContext,
  caller: Caller,
  { command, policy, collection }: Draft,
  membership: Membership,
  earlier: readonly Write[],
): Promise<Write> {
  const author = command.author ?? caller.user ?? ''
  const recordId = command.op === 'create' ? idFor(core, collection, command, author) : (command.recordId ?? '')
  const target: Target = { command, policy, collection, recordId, author }
  const writer = { caller, author, policy, membership }
  const ask = asks(writer, command, core.clock.now())
  const writing = { verb: 'write', collection, record: policyRecord(command, author, null, command.data) } as const
  await requireOwnAuthor(ask, writer, writing)
  // Nobody can have seen an id that was just made: there is nothing to read before it.
  if (command.op === 'create' && collection.id === null) {
    await ask(writing)
    return await planNew(core, writer, target)
  }
  const mayRead = await requireMayLearn(ask, writing)
  const seen = await readSeen(core, command, recordId, author, earlier)
  // What the key stands for was allowed and is done: its result is given again, also where it could not be done a second time.
  if (seen.key === 'known') return planReplay(core, target, seen)
  await requireRight(ask, command, collection, seen, author, mayRead)
  return await planChange(core, writer, target, seen)
}

async function planNew(core: PlanContext, { caller }: Writer, target: Target): Promise<Write> {
  const { command, collection, recordId, author } = target
  const { text: data } = propose(command, collection, nothingSeen, core.limits)
  await requireFilesOf(core, caller, target, nothingSeen, data)
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

function planReplay(core: Pick<WriteContext, 'limits'>, target: Target, seen: Seen): Write {
  const { command, collection } = target
  if (!isUpdate(command.op)) requireOwnIdOf(target, seen, propose(command, collection, seen, core.limits).text)
  return decide({ ...target, key: keyOf(command) }, seen, '')
}

async function planChange(core: PlanContext, { caller }: Writer, target: Target, seen: Seen): Promise<Write> {
  const { command, collection } = target
  const { text, pieces } = propose(command, collection, seen, core.limits)
  const data = requireOwnIdOf(target, seen, text)
  await requireFilesOf(core, caller, target, seen, text)
  const made = decide({ ...target, key: keyOf(command) }, seen, text)
  if (made.effect !== 'put') return made
  if (pieces === undefined) return { ...made, ...wordsOf(collection, data) }
  return { ...made, pieces, ...grownWordsOf(core, target, { before: seen.record?.data ?? '', after: text, data }) }
}

function grownWordsOf(
  { growingWords }: Pick<WriteContext, 'growingWords'>,
  { command: { channel }, collection, recordId }: Target,
  state: Omit<GrownState, 'record'>,
): { words?: string } {
  if (collection.search.length === 0) return {}
  const record = `${channel} ${collection.name} ${recordId}`
  return { words: growingWords.wordsOf(collection.search, { record, ...state }) }
}

/** Throws where the data refers to a file that it may not. */
async function requireFilesOf(
  core: PlanContext,
  caller: Caller,
  { command, collection, author }: Target,
  { record }: Seen,
  text: string,
): Promise<void> {
  if (!mayHaveFiles(text, collection.files)) return
  await requireFiles(core, {
    channel: command.channel,
    fields: collection.files,
    data: JSON.parse(text),
    before: record === null || record.deleted ? null : JSON.parse(record.data),
    writers: [caller.user, author],
  })
}

/** Throws where the data makes another record's id. Returns the data that the record will have. */
function requireOwnIdOf({ command, collection, recordId, author }: Target, seen: Seen, text: string): unknown {
  const data: unknown = isUpdate(command.op) && text !== '' ? JSON.parse(text) : command.data
  if (command.op !== 'create' && text !== '') requireOwnId(collection, recordId, seen.record?.author ?? author, data)
  return data
}

function keyOf(command: WriteCommand): { readonly key: string; readonly fingerprint: string } | undefined {
  return command.key === undefined ? undefined : { key: command.key, fingerprint: fingerprint(command) }
}

function wordsOf(collection: CollectionPolicy, data: unknown): { words?: string } {
  return collection.search.length === 0 ? {} : { words: searchWords(collection.search, data) }
}
