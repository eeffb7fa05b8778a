/** One write, decided on what was seen: pure, so that it can be decided again when what was seen has changed. */
import { createHash } from 'node:crypto'
import { Appends, type Limits } from 'dovetail-protocol'
import { Compile } from 'typebox/compile'
import type { IdempotencyKey, StoredRecord, Write, Written } from '../../ports/store.ts'
import type { Piece } from '../../ports/stored-record.ts'
import type { Span } from '../../ports/tracing/tracing.ts'
import { encodeRecord } from '../../wire/record.ts'
import { checkedPayload, checkedText } from '../access/check.ts'
import type { CollectionPolicy } from '../access/policy.ts'
import { appended } from '../rules/append.ts'
import { Failure } from '../rules/failure.ts'
import { fieldErrors } from '../rules/field-errors.ts'
import { canonicalJson, mergePatch, sameJson } from '../rules/json.ts'

export type WriteOp = 'create' | 'put' | 'patch' | 'append' | 'delete'

/** A revision that a precondition names; `epoch` is `null` where the transport does not give it. */
export interface Tag {
  readonly epoch: string | null
  readonly rev: number
}

/** A write as a transport hands it over, before its names and rights are checked. */
export interface WriteCommand {
  readonly op: WriteOp
  readonly channel: string
  readonly collection: string
  /** Absent for `create`. */
  readonly recordId?: string | undefined
  readonly data?: unknown
  /** There must be no live record (`If-None-Match: *`, `ifRev: 0`). */
  readonly ifAbsent?: boolean | undefined
  /** There must be a live record, whatever its revision (`If-Match: *`). */
  readonly ifExists?: boolean | undefined
  /** The record must stand at one of these; with an empty list nothing matches. */
  readonly ifMatch?: readonly Tag[] | undefined
  /** The record must stand at none of these. */
  readonly ifNoneMatch?: readonly Tag[] | undefined
  readonly key?: string | undefined
  /** For whom a `service` caller writes. */
  readonly author?: string | undefined
  /** The client address; absent where the caller is in this process. */
  readonly address?: string | undefined
  /** The span of the request that brought it; absent: it is not traced. */
  readonly request?: Span | undefined
}

export interface WriteResult {
  readonly kind: Written['kind']
  readonly record: StoredRecord
  readonly epoch: string
  /** The position of the answer: it says nothing of what came before. */
  readonly at: string
}

/** What a decision rests on. */
export interface Seen {
  readonly record: StoredRecord | null
  /** What later writes of the same unit expect: the write that made this state. */
  readonly madeBy: number | null
  readonly epoch: string | null
  /** Known: the commit gives the replay, and nothing else counts. Clashing: it was used for another write. */
  readonly key: 'new' | 'known' | 'clashing'
}

export function fingerprint(command: WriteCommand): string {
  const target = `${command.op}\n${command.collection}\n${command.op === 'create' ? '' : command.recordId}\n`
  const data = command.op === 'delete' ? '' : canonicalJson(command.data)
  return createHash('sha256').update(target).update(data).digest('base64url').slice(0, 27)
}

/** The data that the record would have. */
export interface Proposed {
  /** As stored text; empty for a delete. */
  readonly text: string
  /** Of an append: what is added. */
  readonly pieces?: readonly Piece[]
}

export function propose(command: WriteCommand, collection: CollectionPolicy, seen: Seen, limits: Limits): Proposed {
  switch (command.op) {
    case 'delete':
      return { text: '' }
    case 'create':
    case 'put':
      return { text: checkedText(command.data, collection, limits) }
    case 'patch': {
      checkedPayload(command.data, limits)
      if (seen.record === null || seen.record.deleted) return { text: '' }
      return { text: checkedText(mergePatch(JSON.parse(seen.record.data), command.data), collection, limits) }
    }
    case 'append': {
      checkedPayload(command.data, limits)
      const operations = checkedAppends(command.data)
      if (seen.record === null || seen.record.deleted) return { text: '' }
      const { data, errors, pieces } = appended(JSON.parse(seen.record.data), operations)
      if (errors.length > 0) throw new Failure('invalid_data', 'There is no text at this path.', { errors })
      return { text: checkedText(data, collection, limits), pieces }
    }
  }
}

const appends = Compile(Appends)

function checkedAppends(data: unknown): Appends {
  if (appends.Check(data)) return data
  const errors = fieldErrors(appends.Errors(data))
  throw new Failure('invalid_data', 'This is no list of operations that append.', { errors })
}

/** The data that the record would have; `undefined`: the command is wrong, and is refused once its rights are known. */
export function proposedData({ op, data }: WriteCommand, current: unknown): unknown {
  if (op !== 'append') return data
  return appends.Check(data) ? appended(structuredClone(current), data).data : undefined
}

/** Whether it changes a record that has to be there. */
export function isUpdate(op: WriteOp): boolean {
  return op === 'patch' || op === 'append'
}

export interface Decision {
  readonly command: WriteCommand
  readonly recordId: string
  readonly author: string
  readonly collection: CollectionPolicy
  readonly key: IdempotencyKey | undefined
}

/** The write to commit. Throws `key_reused`, then `gone`, `not_found`, `exists` or `rev_mismatch`, all after a known key has had its say. */
export function decide(decision: Decision, seen: Seen, text: string): Write {
  const { command, recordId, author, key } = decision
  const base = {
    collection: command.collection,
    recordId,
    author,
    expectRev: seen.madeBy === null ? (seen.record?.rev ?? 0) : { write: seen.madeBy },
    ...(key === undefined ? {} : { key }),
  }
  const keep: Write = { ...base, effect: 'keep', data: '' }
  if (seen.key === 'clashing') throw keyReused()
  if (seen.key === 'known') return keep
  requireTarget(command, seen)
  requirePreconditions(command, seen)
  const { record } = seen
  if (command.op === 'delete') return record?.deleted === true ? keep : { ...base, effect: 'delete', data: '' }
  const isSame = record !== null && !record.deleted && sameJson(record.data, text)
  if (isSame) return keep
  if (command.op === 'create' && record !== null && !record.deleted) throw exists(record, seen.madeBy)
  return { ...base, effect: 'put', data: text }
}

function requireTarget(command: WriteCommand, { record }: Seen): void {
  if (command.op === 'create' || command.op === 'put') return
  if (record === null)
    throw new Failure('not_found', `There is no record "${command.recordId}" in "${command.collection}".`)
  if (isUpdate(command.op) && record.deleted) throw new Failure('gone', `The record "${command.recordId}" was deleted.`)
}

function requirePreconditions(command: WriteCommand, { record, epoch, madeBy }: Seen): void {
  const live = record !== null && !record.deleted ? record : null
  if (command.ifAbsent === true && live !== null) throw exists(live, madeBy)
  if (command.ifExists === true && live === null) throw mismatch(record, madeBy)
  // A record that this very batch has just written has a revision that nobody can know yet.
  const isAt = ({ epoch: tagged, rev }: Tag) =>
    record !== null && madeBy === null && record.rev === rev && (tagged === null || tagged === epoch)
  if (command.ifMatch !== undefined && !command.ifMatch.some(isAt)) throw mismatch(record, madeBy)
  if (live !== null && command.ifNoneMatch?.some(isAt) === true) throw mismatch(record, madeBy)
}

export function keyReused(): Failure {
  return new Failure('key_reused', 'This idempotency key was used for another write.')
}

function exists(record: StoredRecord, madeBy: Seen['madeBy']): Failure {
  if (madeBy !== null) return new Failure('exists', `An earlier write of this batch makes the record "${record.id}".`)
  return new Failure('exists', `The record "${record.id}" exists already.`, { current: encodeRecord(record) })
}

/** A refusal does not show a record that an earlier write of the same batch would have made: it is never written. */
function mismatch(record: StoredRecord | null, madeBy: Seen['madeBy']): Failure {
  if (record === null) return new Failure('rev_mismatch', 'There is no such record.')
  if (madeBy !== null)
    return new Failure('rev_mismatch', `An earlier write of this batch changes the record "${record.id}".`)
  return new Failure('rev_mismatch', `The record stands at revision ${record.rev}.`, { current: encodeRecord(record) })
}
