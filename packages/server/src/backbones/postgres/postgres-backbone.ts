/**
 * Notifications over PostgreSQL's own LISTEN and NOTIFY, on one connection of a node. They name channels and heads, and
 * no data: the changes themselves are read from the store. Every node receives the notifications of all channels, and
 * passes on those of its own.
 */
import type { Backbone, Notification } from '../../ports/backbone.ts'
import type { Clock, Stop } from '../../ports/clock.ts'
import type { PostgresLine } from '../../postgres/postgres-line.ts'
import { inTime } from '../shared/in-time.ts'
import { Interest } from '../shared/interest.ts'
import { decodeNotification } from '../shared/notification-text.ts'
import { PayloadReader } from './payloads.ts'
import { PostgresPublisher } from './postgres-publisher.ts'

const probeMs = 4000

export interface PostgresBackboneParts {
  /** The id of this node. */
  readonly node: string
  readonly clock: Clock
  readonly report: (error: unknown, doing: string) => void
}

export class PostgresBackbone implements Backbone {
  readonly #parts: PostgresBackboneParts
  readonly #publisher: PostgresPublisher
  readonly #interest = new Interest()
  readonly #reader = new PayloadReader()
  readonly #probes = new Map<string, { resolve: () => void; reject: (error: Error) => void }>()
  #lastProbe = 0
  #line: PostgresLine | null = null
  #closeAll: () => void = () => {}
  #state: 'new' | 'up' | 'down' | 'closed' = 'new'
  #onNotification: (notification: Notification) => void = () => {}
  #onGap: () => void = () => {}

  constructor(parts: PostgresBackboneParts) {
    this.#parts = parts
    this.#publisher = new PostgresPublisher({ node: parts.node, clock: parts.clock, line: () => this.#line })
  }

  /** The connection that listens for this backbone, and another one that is closed with it. Given once, when they are open. */
  use(line: PostgresLine, other: PostgresLine): void {
    this.#line = line
    this.#closeAll = () => {
      line.close()
      other.close()
    }
  }

  /** The connection listens again: what was sent meanwhile is lost to this node. */
  nowUp(): void {
    const before = this.#state
    if (before === 'closed') return
    this.#state = 'up'
    this.#reader.clear()
    if (before === 'down') this.#onGap()
  }

  nowDown(): void {
    if (this.#state !== 'closed') this.#state = 'down'
    for (const { reject } of [...this.#probes.values()]) reject(new Error('there is no connection to PostgreSQL'))
  }

  receive(payload: string): void {
    const text = this.#reader.read(payload)
    if (text === null) return
    const probe = /^probe (\S+)$/.exec(text)?.[1]
    if (probe !== undefined) {
      this.#probes.get(probe)?.resolve()
      return
    }
    const received = decodeNotification(text)
    if (received === null || received.node === this.#parts.node) return
    if (!this.#interest.concerns(received.notification)) return
    try {
      this.#onNotification(received.notification)
    } catch (error) {
      this.#parts.report(error, 'handling a notification')
    }
  }

  publish(notification: Notification): void {
    if (this.#state !== 'closed') this.#publisher.publish(notification)
  }

  /** All notifications are received already. Where there is no connection, `onGap` is called when there is one again. */
  async listen(channel: string): Promise<Stop> {
    if (this.#state === 'closed') throw new Error('the backbone is closed')
    return this.#interest.add(channel)
  }

  onNotification(listener: (notification: Notification) => void): void {
    this.#onNotification = listener
  }

  onGap(listener: () => void): void {
    this.#onGap = listener
  }

  async probe(): Promise<void> {
    if (this.#state !== 'up') throw new Error('there is no connection to PostgreSQL')
    const id = `${this.#parts.node}.${++this.#lastProbe}`
    const answered = new Promise<void>((resolve, reject) => {
      this.#probes.set(id, { resolve, reject })
      if (!this.#publisher.sendText(`probe ${id}`)) reject(new Error('PostgreSQL takes no notifications'))
    })
    await inTime(this.#parts.clock, probeMs, answered).finally(() => this.#probes.delete(id))
  }

  async close(): Promise<void> {
    this.#state = 'closed'
    this.nowDown()
    this.#closeAll()
  }
}
