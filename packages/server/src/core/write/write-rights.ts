/** Which right a write needs, by its kind and by what is there; and whether a refusal may show what is there. */
import type { StoredRecord } from '../../ports/store.ts'
import { authorize, type Membership, needsToken, type Question } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import type { CollectionPolicy, NamespacePolicy, PolicyRecord } from '../access/policy.ts'
import { Failure } from '../rules/failure.ts'
import { isUpdate, proposedData, type Seen, type WriteCommand } from './decide.ts'

/** Resolves where the caller may do this; rejects with the refusal. */
export type Ask = (action: Question['action']) => Promise<void>

export interface Writer {
  readonly caller: Caller
  /** Whose the record will be: another's only where a service writes. */
  readonly author: string
  readonly policy: NamespacePolicy
  readonly membership: Membership
}

export function asks(writer: Writer, command: WriteCommand, now: number): Ask {
  const { channel } = command
  return (action) => authorize({ ...writer, channel, action, now })
}

/** Throws where the caller writes for another author and is no service. */
export async function requireOwnAuthor(
  ask: Ask,
  { caller, author }: Writer,
  action: Question['action'],
): Promise<void> {
  if (author === (caller.user ?? '') || caller.role === 'service') return
  // A caller who may not know of the channel gets that refusal first.
  await ask(action)
  if (caller.user === null) throw needsToken()
  throw new Failure('forbidden', 'Only a service may write for another author.')
}

/**
 * Only who may read here may learn from a refusal that a record exists; everybody else has to be allowed to write first.
 * @returns whether the caller may read here
 */
export async function requireMayLearn(ask: Ask, action: Question['action']): Promise<boolean> {
  try {
    await ask({ verb: 'read' })
    return true
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'internal') throw error
    await ask(action)
    return false
  }
}

/** Asks for the right that the write needs, given the record as it stands. */
export async function requireRight(
  ask: Ask,
  command: WriteCommand,
  collection: CollectionPolicy,
  { record }: Seen,
  author: string,
  mayRead: boolean,
): Promise<void> {
  if (record === null) {
    if (command.op === 'delete' || isUpdate(command.op)) {
      // Who may not read here is refused as for a record of somebody else.
      if (!mayRead) await ask(changeOf(command, collection, policyRecord(command, '', command.recordId ?? null, null)))
      throw new Failure('not_found', `There is no record "${command.recordId}" in "${command.collection}".`)
    }
    const proposed = policyRecord(command, author, command.recordId ?? null, command.data)
    await ask({ verb: 'write', collection, record: proposed })
    return
  }
  await requireRestorable(ask, command, collection, record)
  const current = policyRecord(command, record.author, record.id, record.deleted ? null : JSON.parse(record.data))
  if (command.op === 'create')
    await ask({ verb: 'write', collection, record: policyRecord(command, author, record.id, command.data) })
  else await ask(changeOf(command, collection, current))
}

/** What somebody else deleted is brought back only by those who might have deleted it, were they not its author. */
async function requireRestorable(
  ask: Ask,
  command: WriteCommand,
  collection: CollectionPolicy,
  { id, author, deleted, deletedBy = '' }: StoredRecord,
): Promise<void> {
  const restores = deleted && (command.op === 'put' || command.op === 'create')
  if (!restores || deletedBy === '' || deletedBy === author) return
  try {
    // Asked as if it were the record of who deleted it, so that being its author counts for nothing.
    await ask({ verb: 'delete', collection, record: policyRecord(command, deletedBy, id, null) })
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'forbidden') throw error
    throw new Failure('forbidden', `Somebody else removed the record "${id}", and you may not bring it back.`)
  }
}

function changeOf(command: WriteCommand, collection: CollectionPolicy, record: PolicyRecord): Question['action'] {
  if (command.op === 'delete') return { verb: 'delete', collection, record }
  return { verb: 'edit', collection, record, proposed: proposedData(command, record.data) }
}

/** A record as the rules of a policy see it. */
export function policyRecord(command: WriteCommand, author: string, id: string | null, data: unknown): PolicyRecord {
  return { channel: command.channel, collection: command.collection, id, author, data }
}
