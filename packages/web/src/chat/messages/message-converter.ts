import type { LiveEntry } from 'dovetail-client'
import type { MessageData } from '../../session/data-types.ts'
import { messageFilesIn } from '../files/message-file.ts'
import type { Delivery, Message } from './message.ts'

type Entry = LiveEntry<MessageData>

const failureTitles = { create: 'Not sent', update: 'Not changed', delete: 'Not deleted' } as const

function deliveryOf(entry: Entry): Delivery {
  switch (entry.status) {
    case 'acknowledged':
    case 'pending':
      return { state: entry.status }
    case 'failed':
      return { state: 'failed', reason: `${failureTitles[entry.op]}: ${entry.error.detail}` }
    default:
      return entry satisfies never
  }
}

function writtenAt(entry: Entry): number {
  if (entry.status === 'acknowledged') return Date.parse(entry.record.createdAt)
  return entry.record === null ? entry.writtenAt : Date.parse(entry.record.createdAt)
}

/** Null for a pending deletion: the message is hidden at once, and shown again only if the deletion fails. */
function convert(entry: Entry, me: string): Message | null {
  if (entry.status === 'pending' && entry.op === 'delete') return null
  const { key, record, data } = entry
  return {
    key,
    id: record?.id ?? null,
    pos: record?.pos ?? null,
    author: record?.author ?? me,
    at: writtenAt(entry),
    edited: record !== null && record.rev !== record.pos,
    text: typeof data.text === 'string' ? data.text : '',
    files: messageFilesIn(data.files),
    replyTo: typeof data.replyTo === 'string' ? data.replyTo : null,
    delivery: deliveryOf(entry),
  }
}

/** Converts entries to messages. The same entry gives the same object, so that an unchanged message is not rendered again. */
export function createMessageConverter() {
  const cache = new WeakMap<Entry, Message>()
  return (entries: readonly Entry[], me: string): Message[] => {
    const messages: Message[] = []
    for (const entry of entries) {
      const message = cache.get(entry) ?? convert(entry, me)
      if (message === null) continue
      cache.set(entry, message)
      messages.push(message)
    }
    return messages
  }
}
