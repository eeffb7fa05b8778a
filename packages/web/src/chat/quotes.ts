import { type Collection, DovetailError } from '@dovetail/client'
import type { MessageData } from '../session/data-types.ts'
import type { Message } from './message.ts'

/** What a message that others answer to says; `gone` where it was deleted. */
export type Quoted = { author: string; text: string; pos: number } | 'gone'

/** The messages that replies point to: from the page where it has them, else read once. */
export interface Quotes {
  get(id: string): Quoted | null
  /** Takes over what the page shows. */
  learn(messages: readonly Message[]): void
  subscribe(listener: () => void): () => void
}

export function createQuotes(collection: Pick<Collection<MessageData>, 'get'>): Quotes {
  const known = new Map<string, Quoted>()
  const shown = new Map<string, { message: Message; quoted: Quoted }>()
  const asked = new Set<string>()
  const listeners = new Set<() => void>()

  const read = async (id: string) => {
    try {
      const { author, data, pos } = await collection.get(id)
      known.set(id, { author, text: data.text, pos })
    } catch (error) {
      // Where no answer came, the next reply to it asks again.
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
        // Not within the render that asks.
        queueMicrotask(() => void read(id))
      }
      return null
    },
    learn(messages) {
      if (forgetDeleted(messages, shown, known)) for (const listener of listeners) listener()
      for (const message of messages) {
        const { id, pos, author, text } = message
        if (id === null || pos === null || shown.get(id)?.message === message) continue
        shown.set(id, { message, quoted: { author, text, pos } })
      }
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

type Shown = Map<string, { message: Message; quoted: Quoted }>

/** The page shows all messages between its first and its last: one that it had there and has no more was deleted. */
function forgetDeleted(messages: readonly Message[], shown: Shown, known: Map<string, Quoted>): boolean {
  const places = messages.flatMap(({ pos }) => pos ?? [])
  const [first = 0, last = 0] = [places[0], places.at(-1)]
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
