/**
 * A bell as the text that goes from node to node. What comes in is checked in full, since names and
 * data go from here into frames as they are; what does not fit is as if it had been lost.
 */
import { isChannelName, isCollectionName, isRecordId, isUserName } from '@dovetail/protocol'
import type { Bell } from '../ports/backbone.ts'
import type { StoredRecord } from '../ports/stored-record.ts'

export interface BellOfNode {
  /** The id of the node that rang. */
  readonly node: string
  readonly bell: Bell
}

/** Raised with any change of the form: nodes of two versions then hear nothing from each other, and the store tells them. */
const version = 1

export function encodeBell({ node, bell }: BellOfNode): string {
  return JSON.stringify([version, node, bell.kind, ...partsOf(bell)])
}

function partsOf(bell: Bell): readonly unknown[] {
  switch (bell.kind) {
    case 'advanced':
      return [bell.channel, bell.epoch, bell.head, bell.changes.map(rowOf)]
    case 'dropped':
      return [bell.channel]
    case 'signal':
      return [bell.channel, bell.type, bell.data, bell.user]
    case 'revoked':
      return []
  }
}

function rowOf(record: StoredRecord): readonly unknown[] {
  const { collection, id, pos, rev, author, createdAt, updatedAt, deleted, data } = record
  return [collection, id, pos, rev, author, createdAt, updatedAt, deleted, data]
}

/** `null`: no bell of this version. */
export function decodeBell(text: string): BellOfNode | null {
  const parts = parsed(text)
  if (!Array.isArray(parts) || parts[0] !== version || typeof parts[1] !== 'string') return null
  const bell = bellOf(parts[2], parts.slice(3))
  return bell === null ? null : { node: parts[1], bell }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function bellOf(kind: unknown, parts: readonly unknown[]): Bell | null {
  switch (kind) {
    case 'advanced':
      return advancedOf(parts)
    case 'dropped':
      return isChannelName(parts[0]) ? { kind, channel: parts[0] } : null
    case 'signal':
      return signalOf(parts)
    case 'revoked':
      return { kind }
    default:
      return null
  }
}

function advancedOf([channel, epoch, head, rows]: readonly unknown[]): Bell | null {
  if (!isChannelName(channel) || !isEpoch(epoch) || !isCount(head) || !Array.isArray(rows)) return null
  const changes: StoredRecord[] = []
  for (const [index, row] of rows.entries()) {
    const record = recordOf(row)
    if (record === null || record.rev !== head - rows.length + 1 + index) return null
    changes.push(record)
  }
  return { kind: 'advanced', channel, epoch, head, changes }
}

function recordOf(row: unknown): StoredRecord | null {
  if (!Array.isArray(row)) return null
  const [collection, id, pos, rev, author, createdAt, updatedAt, deleted, data] = row as readonly unknown[]
  if (!isCollectionName(collection) || !isRecordId(id) || !isAuthor(author)) return null
  if (!isCount(pos) || !isCount(rev) || pos < 1 || pos > rev) return null
  if (!isTime(createdAt) || !isTime(updatedAt) || typeof deleted !== 'boolean' || typeof data !== 'string') return null
  if (deleted ? data !== '' : !isJson(data)) return null
  return { collection, id, pos, rev, author, createdAt, updatedAt, deleted, data }
}

function signalOf([channel, type, data, user]: readonly unknown[]): Bell | null {
  if (!isChannelName(channel) || !isSignalType(type) || !(user === null || isUserName(user))) return null
  return typeof data === 'string' && isJson(data) ? { kind: 'signal', channel, type, data, user } : null
}

function isEpoch(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9]{1,64}$/.test(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** What a date can be made of. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15
}

/** Records that nobody signed have an empty author. */
function isAuthor(value: unknown): value is string {
  return value === '' || isUserName(value)
}

function isSignalType(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_.:-]{1,64}$/.test(value)
}

/** One line of it: it goes into event streams, where a line break ends a field. */
function isJson(text: string): boolean {
  if (/[\n\r]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
