import { type Collection, DovetailError } from 'dovetail-client'
import type { MessageData } from '../../session/data-types.ts'
import { messageFilesIn, summaryOf } from '../files/message-file.ts'
import type { Message } from '../messages/message.ts'

/** A message that others reply to; `gone` if it was deleted. */
export type QuotedMessage = { author: string; text: string; pos: number } | 'gone'

/**
 * chat/replies/: which message is answered, and how is it quoted?
 *
 * The messages that replies quote: from the page if they are on it, else each read once.
 */
export interface QuotedMessages {
  get(id: string): QuotedMessage | null
  /** Takes over the messages on the page. */
  learn(messages: readonly Message[]): void
  subscribe(listener: () => void): () => void
}

export function createQuotedMessages(collection: Pick<Collection<MessageData>, 'get'>): QuotedMessages {
  const known = new Map<string, QuotedMessage>()
  const shown = new Map<string, { message: Message; quoted: QuotedMessage }>()
  const asked = new Set<string>()
  const listeners = new Set<() => void>()

  const read = async (id: string) => {
    try {
      const { author, data, pos } = await collection.get(id)
      known.set(id, { author, text: summaryOf({ text: data.text, files: messageFilesIn(data.files) }), pos })
    } catch (error) {
      // Without a connection, the next use requests it again.
      if (!(error instanceof DovetailError) || error.code === 'network') return void asked.delete(id)
      known.set(id, 'gone')
    }
    for (const listener of listeners) listener()
  }

  return {
    get(id) {
      const quoted = shown.get(id)?.quoted ?? known.get(id)
      if (quoted !== undefined) return quoted
      if (!asked.has(id)) {
        asked.add(id)
        // Later, since the caller may be rendering.
        queueMicrotask(() => void read(id))
      }
      return null
    },
    learn(messages) {
      if (forgetDeleted(messages, shown, known)) for (const listener of listeners) listener()
      for (const message of messages) {
        const { id, pos, author } = message
        if (id === null || pos === null || shown.get(id)?.message === message) continue
        shown.set(id, { message, quoted: { author, text: summaryOf(message), pos } })
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

type Shown = Map<string, { message: Message; quoted: QuotedMessage }>

/** A page has all messages between its first and its last: one that is missing there now was deleted. */
function forgetDeleted(messages: readonly Message[], shown: Shown, known: Map<string, QuotedMessage>): boolean {
  const positions = messages.flatMap(({ pos }) => pos ?? [])
  const [first = 0, last = 0] = [positions[0], positions.at(-1)]
  const here = new Set(messages.map(({ id }) => id))
  let isAny = false
  for (const [id, { quoted }] of shown) {
    if (here.has(id) || quoted === 'gone' || quoted.pos < first || quoted.pos > last) continue
    shown.delete(id)
    known.set(id, 'gone')
    isAny = true
  }
  return isAny
}
