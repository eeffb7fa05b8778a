/**
 * Sends texts to the other nodes by NOTIFY: one statement at a time, each with all texts since the last. NOTIFY takes a
 * lock of the whole database for its commit, so it is not part of a write's own transaction, and one statement that
 * does not wait for the disk holds the lock for many writes. What PostgreSQL does not take is dropped; the other nodes
 * read it from the store.
 */

import type { Notification } from '../../ports/backbone.ts'
import type { Clock } from '../../ports/clock.ts'
import { membersCollection } from '../../ports/store.ts'
import { maxTraces } from '../../ports/tracing/tracing.ts'
import type { PostgresLine } from '../../postgres/postgres-line.ts'
import { encodeNotification } from '../shared/notification-text.ts'
import { payloadsOf } from './payloads.ts'

/** The notification channel of PostgreSQL on which nodes notify each other. */
export const nodesChannel = 'dovetail_nodes'

const notify = 'SELECT count(pg_notify($1, payload)) FROM unnest($2::text[]) AS payload'

/** Texts beyond this many waiting characters are dropped. */
const maxWaitingChars = 8 * 1024 * 1024
/** The limits of one statement. */
const maxBatch = { texts: 1000, chars: 1024 * 1024 }

type Head = Notification & { kind: 'advanced' }

/** What waits to be sent. A head that waits is replaced by a later one of the same log. */
type Waiting = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'head'; notification: Head }

/** What a head counts for in the limits. */
const headChars = 300

export class PostgresPublisher {
  readonly #node: string
  readonly #clock: Clock
  readonly #line: () => PostgresLine | null
  #waiting: Waiting[] = []
  #waitingChars = 0
  /** The heads that wait, by channel. */
  readonly #heads = new Map<string, Waiting & { kind: 'head' }>()
  #state: 'idle' | 'sending' = 'idle'
  #lastNumber = 0

  constructor(parts: { readonly node: string; readonly clock: Clock; readonly line: () => PostgresLine | null }) {
    this.#node = parts.node
    this.#clock = parts.clock
    this.#line = parts.line
  }

  /** Other nodes read the changes from the store, so only their head is sent. */
  publish(notification: Notification): void {
    if (notification.kind === 'advanced') this.#publishHead(withoutChanges(notification))
    else {
      // What follows a deletion comes after it.
      if (notification.kind === 'dropped') this.#heads.delete(notification.channel)
      this.sendText(encodeNotification({ node: this.#node, notification }))
    }
  }

  #publishHead(notification: Head): void {
    const waiting = this.#heads.get(notification.channel)
    if (waiting !== undefined && waiting.notification.epoch === notification.epoch) {
      waiting.notification = later(waiting.notification, notification)
      return
    }
    const head: Waiting & { kind: 'head' } = { kind: 'head', notification }
    if (this.#add(head)) this.#heads.set(notification.channel, head)
  }

  /** False: it was dropped. */
  sendText(text: string): boolean {
    return this.#add({ kind: 'text', text })
  }

  #add(waiting: Waiting): boolean {
    if (this.#line()?.isUp !== true || this.#waitingChars > maxWaitingChars) return false
    this.#waiting.push(waiting)
    this.#waitingChars += charsOf(waiting)
    if (this.#state === 'idle') {
      this.#state = 'sending'
      // At the end of the turn, so that what is published in one turn is sent together.
      this.#clock.soon(() => void this.#send())
    }
    return true
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      const payloads = this.#takeBatch().flatMap((waiting) =>
        payloadsOf(this.#textOf(waiting), () => ++this.#lastNumber),
      )
      try {
        await this.#line()?.query(notify, [nodesChannel, payloads])
      } catch {
        // The connection was given up, which was reported; after another one is made, the nodes read the store.
        this.#drop()
      }
    }
    this.#state = 'idle'
  }

  #takeBatch(): Waiting[] {
    let chars = 0
    let count = 0
    for (const waiting of this.#waiting) {
      if (count === maxBatch.texts || (count > 0 && chars + charsOf(waiting) > maxBatch.chars)) break
      chars += charsOf(waiting)
      count++
    }
    this.#waitingChars -= chars
    const batch = this.#waiting.splice(0, count)
    for (const waiting of batch) {
      if (waiting.kind === 'head' && this.#heads.get(waiting.notification.channel) === waiting)
        this.#heads.delete(waiting.notification.channel)
    }
    return batch
  }

  #textOf(waiting: Waiting): string {
    switch (waiting.kind) {
      case 'text':
        return waiting.text
      case 'head':
        return encodeNotification({ node: this.#node, notification: waiting.notification })
    }
  }

  #drop(): void {
    this.#waiting = []
    this.#waitingChars = 0
    this.#heads.clear()
  }
}

function charsOf(waiting: Waiting): number {
  return waiting.kind === 'text' ? waiting.text.length : headChars
}

function withoutChanges({ kind, channel, epoch, head, changes, membersUnchanged, traces }: Head): Head {
  const isSaid = changes.length > 0 && changes.every(({ collection }) => collection !== membersCollection)
  return {
    ...{ kind, channel, epoch, head, changes: [] },
    ...(isSaid || membersUnchanged ? { membersUnchanged: true } : {}),
    ...(traces === undefined ? {} : { traces }),
  }
}

function later(one: Head, other: Head): Head {
  const { kind, channel, epoch } = one
  const isSaid = one.membersUnchanged === true && other.membersUnchanged === true
  const head = Math.max(one.head, other.head)
  const traces = [...(one.traces ?? []), ...(other.traces ?? [])].slice(0, maxTraces)
  return {
    ...{ kind, channel, epoch, head, changes: [] },
    ...(isSaid ? { membersUnchanged: true } : {}),
    ...(traces.length === 0 ? {} : { traces }),
  }
}
