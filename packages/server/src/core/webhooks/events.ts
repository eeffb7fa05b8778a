/** The events that one part of a page is to a receiver, in their order. */
import { createHash } from 'node:crypto'
import type { StoredRecord } from '../../ports/stored-record.ts'
import { encodeEndEvent, encodeRecordEvent, encodeResetEvent } from '../../wire/webhooks.ts'
import { type ConsumedPart, cursorWithin } from '../consuming/read-parts.ts'

export interface WebhookMessage {
  /** The same for every attempt, on every node. */
  readonly id: string
  readonly type: string
  readonly channel: string
  readonly body: string
  /** The position when this is done. */
  readonly cursor: string
  readonly isLast: boolean
}

/** `at`: the time of what has none of its own, in ms since the Unix epoch. */
export function messagesOf(part: ConsumedPart, at: number): WebhookMessage[] {
  const messages =
    'ended' in part ? [ended(part, at)] : [...resetOf(part, at), ...part.changes.map((each) => changed(part, each))]
  return messages.map((message, index) => {
    const isLast = index === messages.length - 1
    return { ...message, isLast, cursor: isLast ? part.cursor : message.cursor }
  })
}

type Message = Omit<WebhookMessage, 'isLast'>
type ChangedPart = Exclude<ConsumedPart, { ended: unknown }>
type EndedPart = Extract<ConsumedPart, { ended: unknown }>

function ended({ channel, ended: reason, after, cursor }: EndedPart, at: number): Message {
  const type = reason === 'deleted' ? 'channel.deleted' : 'channel.forbidden'
  return { id: idOf(channel, after, type), type, channel, body: encodeEndEvent({ type, at, channel }), cursor }
}

function resetOf(part: ChangedPart, at: number): Message[] {
  const { channel, epoch, reset, after } = part
  if (reset === null) return []
  const type = 'channel.reset'
  const body = encodeResetEvent({ at, channel, epoch, reason: reset })
  // Reading goes on from the beginning.
  return [{ id: idOf(channel, after, epoch, type), type, channel, body, cursor: cursorWithin(part, 0) }]
}

function changed(part: ChangedPart, record: StoredRecord): Message {
  const { channel, epoch, from } = part
  const type = typeOf(record, from)
  const body = encodeRecordEvent({ type, channel, epoch, record })
  return { id: idOf(channel, epoch, String(record.rev)), type, channel, body, cursor: cursorWithin(part, record.rev) }
}

/** What was made behind `from`, the receiver has not been told of, even where it was changed since. */
function typeOf({ deleted, pos }: StoredRecord, from: number) {
  if (deleted) return 'record.deleted'
  return pos > from ? 'record.created' : 'record.changed'
}

/** A signature covers `id.time.body`, so that an id has no full stop. */
function idOf(...parts: readonly string[]): string {
  return `evt_${createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32)}`
}
