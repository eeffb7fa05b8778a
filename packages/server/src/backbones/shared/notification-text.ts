/**
 * A notification as the text that nodes send each other. A received text is checked in full, since its
 * names and data are put into frames as they are. A text that fails the check is ignored, as if it had
 * been lost.
 */
import { isChannelName, isCollectionName, isRecordId, isUserName } from 'dovetail-protocol'
import type { NodeReport, Notification } from '../../ports/backbone.ts'
import type { Growth, Piece, StoredRecord } from '../../ports/stored-record.ts'
import { parseTraceContext } from '../../ports/tracing/trace-context.ts'
import type { ChangeTrace } from '../../ports/tracing/tracing.ts'

type Advanced = Notification & { kind: 'advanced' }

export interface NodeNotification {
  /** The id of the node that published. */
  readonly node: string
  readonly notification: Notification
}

/**
 * Raised with any change of the format: nodes of two versions then ignore each other's notifications,
 * and read the changes from the store.
 */
const version = 1

export function encodeNotification({ node, notification }: NodeNotification): string {
  return JSON.stringify([version, node, notification.kind, ...partsOf(notification)])
}

function partsOf(notification: Notification): readonly unknown[] {
  switch (notification.kind) {
    case 'advanced':
      return advancedParts(notification)
    case 'dropped':
      return [notification.channel]
    case 'signal':
      return [notification.channel, notification.type, notification.data, notification.user]
    case 'revoked':
      return []
    case 'node':
      return [notification.report]
  }
}

/**
 * The last parts are absent where they say nothing: nodes of an earlier build ignore them. So they do with a notification
 * that has a piece in place of a record's data, and read the store.
 */
function advancedParts({ channel, epoch, head, changes, membersUnchanged, traces }: Advanced): readonly unknown[] {
  const parts = [channel, epoch, head, changes.map(rowOf)]
  if (traces !== undefined) return [...parts, membersUnchanged === true, traces.map(traceRowOf)]
  return membersUnchanged === true ? [...parts, true] : parts
}

function traceRowOf({ first, last, context }: ChangeTrace): readonly unknown[] {
  return [first, last, context.traceparent, context.tracestate]
}

function rowOf(record: StoredRecord): readonly unknown[] {
  const { collection, id, pos, rev, author, createdAt, updatedAt, deleted, data, growth } = record
  const grown = growth === undefined ? [] : [growth.from, growth.pieces.map(({ path, at, value }) => [path, at, value])]
  return [collection, id, pos, rev, author, createdAt, updatedAt, deleted, data, ...grown]
}

/** `null`: not a notification of this version. */
export function decodeNotification(text: string): NodeNotification | null {
  const parts = parsed(text)
  if (!Array.isArray(parts) || parts[0] !== version || typeof parts[1] !== 'string') return null
  const notification = notificationOf(parts[2], parts.slice(3))
  return notification === null ? null : { node: parts[1], notification }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function notificationOf(kind: unknown, parts: readonly unknown[]): Notification | null {
  switch (kind) {
    case 'advanced':
      return advancedOf(parts)
    case 'dropped':
      return isChannelName(parts[0]) ? { kind, channel: parts[0] } : null
    case 'signal':
      return signalOf(parts)
    case 'revoked':
      return { kind }
    case 'node':
      return nodeOf(parts[0])
    default:
      return null
  }
}

function advancedOf([channel, epoch, head, rows, unchanged, traceRows]: readonly unknown[]): Notification | null {
  if (!isChannelName(channel) || !isEpoch(epoch) || !isCount(head) || !Array.isArray(rows)) return null
  const changes: StoredRecord[] = []
  for (const [index, row] of rows.entries()) {
    const record = recordOf(row)
    if (record === null || record.rev !== head - rows.length + 1 + index) return null
    changes.push(record)
  }
  const traces = tracesOf(traceRows)
  return {
    ...{ kind: 'advanced', channel, epoch, head, changes },
    ...(unchanged === true ? { membersUnchanged: true } : {}),
    ...(traces.length === 0 ? {} : { traces }),
  }
}

/** What is no trace is left out: the change counts without it. */
function tracesOf(rows: unknown): readonly ChangeTrace[] {
  if (!Array.isArray(rows)) return []
  return rows.flatMap((row: unknown) => {
    const [first, last, traceparent, tracestate] = Array.isArray(row) ? (row as readonly unknown[]) : []
    const context = parseTraceContext(traceparent, tracestate)
    return context !== null && isCount(first) && isCount(last) ? [{ first, last, context }] : []
  })
}

function recordOf(row: unknown): StoredRecord | null {
  if (!Array.isArray(row)) return null
  const [collection, id, pos, rev, author, createdAt, updatedAt, deleted, data, from, pieces] =
    row as readonly unknown[]
  if (!isCollectionName(collection) || !isRecordId(id) || !isAuthor(author)) return null
  if (!isCount(pos) || !isCount(rev) || pos < 1 || pos > rev) return null
  if (!isTime(createdAt) || !isTime(updatedAt) || typeof deleted !== 'boolean' || typeof data !== 'string') return null
  const growth = from === undefined ? undefined : growthOf(from, pieces)
  if (growth === null || (growth !== undefined && (deleted || growth.from >= rev))) return null
  const isPiece = growth !== undefined && data === ''
  if (deleted ? data !== '' : !isPiece && !isJson(data)) return null
  const record = { collection, id, pos, rev, author, createdAt, updatedAt, deleted, data }
  return growth === undefined ? record : { ...record, growth }
}

function growthOf(from: unknown, pieces: unknown): Growth | null {
  if (!isCount(from) || !Array.isArray(pieces) || pieces.length === 0) return null
  const found: Piece[] = []
  for (const piece of pieces as readonly unknown[]) {
    if (!Array.isArray(piece)) return null
    const [path, at, value] = piece as readonly unknown[]
    if (typeof path !== 'string' || !isCount(at) || typeof value !== 'string') return null
    found.push({ path, at, value })
  }
  return { from, pieces: found }
}

function signalOf([channel, type, data, user]: readonly unknown[]): Notification | null {
  if (!isChannelName(channel) || !isSignalType(type) || !(user === null || isUserName(user))) return null
  return typeof data === 'string' && isJson(data) ? { kind: 'signal', channel, type, data, user } : null
}

/** The most characters of a node's name and version. */
const maxNameLength = 128

function nodeOf(value: unknown): Notification | null {
  if (typeof value !== 'object' || value === null) return null
  const { name, version, startedAt, isLeaving, lagMs, ...rest } = value as Partial<NodeReport>
  const { connections, readers, readersBehind, channels, writesPerSecond, framesPerSecond, memoryBytes, busyShare } =
    rest
  if (!isName(name) || !isName(version) || !isTime(startedAt) || typeof isLeaving !== 'boolean') return null
  if (!isCount(connections) || !isCount(readers) || !isCount(readersBehind) || !isCount(channels)) return null
  if (!isAmount(writesPerSecond) || !isAmount(framesPerSecond) || !isCount(memoryBytes)) return null
  if (!isAmount(busyShare) || busyShare > 1) return null
  if (lagMs !== null && !isAmount(lagMs)) return null
  const figures = { connections, readers, readersBehind, channels, writesPerSecond, framesPerSecond }
  return { kind: 'node', report: { name, version, startedAt, isLeaving, ...figures, lagMs, memoryBytes, busyShare } }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxNameLength
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0
}

function isEpoch(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9]{1,64}$/.test(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** A number that `Date` accepts. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= 8.64e15
}

/** Records without an author have an empty one. */
function isAuthor(value: unknown): value is string {
  return value === '' || isUserName(value)
}

function isSignalType(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_.:-]{1,64}$/.test(value)
}

/** JSON text on one line: it goes into event streams, where a line break ends a field. */
function isJson(text: string): boolean {
  if (/[\n\r]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
