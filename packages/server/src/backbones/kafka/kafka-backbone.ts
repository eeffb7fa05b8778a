/**
 * Notifications over Kafka: one topic, keyed by channel, which every node reads from its end. Kafka
 * knows nothing of the channels that a node listens to: a node reads the notifications of all channels,
 * and passes on those of its own.
 */
import { randomUUID } from 'node:crypto'
import { type Backbone, channelOf, type Notification } from '../../ports/backbone.ts'
import type { Clock, Stop } from '../../ports/clock.ts'
import { inTime } from '../shared/in-time.ts'
import { Interest } from '../shared/interest.ts'
import { decodeNotification, encodeNotification } from '../shared/notification-text.ts'
import { parseKafkaAddress } from './kafka-address.ts'
import { deepest } from './kafka-client.ts'
import { KafkaFollower } from './kafka-follower.ts'
import { KafkaPublisher, maxBatchBytes } from './kafka-publisher.ts'

export interface KafkaBackboneOptions {
  readonly clock: Clock
  /** Called when the connection to Kafka is lost. The backbone reconnects by itself. */
  readonly report: (error: unknown, doing: string) => void
}

const probeMs = 4000

/** Rejects where no broker can be reached, or the topic can be neither found nor made. */
export async function openKafkaBackbone(url: string, options: KafkaBackboneOptions): Promise<Backbone> {
  const backbone = new KafkaBackbone(url, options)
  try {
    await backbone.open()
    return backbone
  } catch (error) {
    await backbone.close()
    throw deepest(error)
  }
}

class KafkaBackbone implements Backbone {
  readonly #url: string
  readonly #options: KafkaBackboneOptions
  readonly #node = randomUUID()
  readonly #interest = new Interest()
  readonly #probes = new Map<string, { resolve: () => void; reject: (error: Error) => void }>()
  #publisher: KafkaPublisher | null = null
  #follower: KafkaFollower | null = null
  #state: 'new' | 'up' | 'down' | 'closed' = 'new'
  #onNotification: (notification: Notification) => void = () => {}
  #onGap: () => void = () => {}

  constructor(url: string, options: KafkaBackboneOptions) {
    this.#url = url
    this.#options = options
  }

  async open(): Promise<void> {
    const { clock, report } = this.#options
    const common = { address: parseKafkaAddress(this.#url), clientId: `dovetail-${this.#node}`, clock }
    this.#follower = await KafkaFollower.open({
      ...common,
      onValue: (value) => this.#receive(String(value)),
      onUp: () => this.#nowUp(),
      onDown: () => this.#nowDown(),
      report: (error) => report(deepest(error), 'following the other nodes by Kafka'),
    })
    const failed = (error: unknown) => report(deepest(error), 'publishing to other nodes by Kafka')
    this.#publisher = new KafkaPublisher({ ...common, report: failed })
  }

  #nowUp(): void {
    const before = this.#state
    if (before === 'closed') return
    this.#state = 'up'
    if (before === 'down') this.#onGap()
  }

  #nowDown(): void {
    if (this.#state !== 'closed') this.#state = 'down'
    for (const { reject } of [...this.#probes.values()]) reject(new Error('there is no connection to Kafka'))
  }

  #receive(text: string): void {
    const probe = /^probe (\S+)$/.exec(text)?.[1]
    if (probe !== undefined) {
      this.#probes.get(probe)?.resolve()
      return
    }
    const received = decodeNotification(text)
    if (received === null || received.node === this.#node || !this.#interest.concerns(received.notification)) return
    try {
      this.#onNotification(received.notification)
    } catch (error) {
      this.#options.report(error, 'handling a notification')
    }
  }

  publish(notification: Notification): void {
    const key = channelOf(notification) ?? ''
    const value = this.#valueOf(notification)
    if (value.length <= maxBatchBytes) this.#publisher?.publish({ key, value })
    else if (notification.kind === 'advanced')
      this.#publisher?.publish({ key, value: this.#valueOf({ ...notification, changes: [] }) })
  }

  #valueOf(notification: Notification): Buffer {
    return Buffer.from(encodeNotification({ node: this.#node, notification }))
  }

  /** The whole topic is read already. Where it is not read now, `onGap` is called when it is again. */
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
    if (this.#state !== 'up') throw new Error('there is no connection to Kafka')
    const id = randomUUID()
    const answered = new Promise<void>((resolve, reject) => {
      this.#probes.set(id, { resolve, reject })
      const isTaken = this.#publisher?.publish({ key: this.#node, value: Buffer.from(`probe ${id}`) }) ?? false
      if (!isTaken) reject(new Error('the broker takes no notifications'))
    })
    await inTime(this.#options.clock, probeMs, answered).finally(() => this.#probes.delete(id))
  }

  async close(): Promise<void> {
    this.#state = 'closed'
    this.#nowDown()
    await this.#publisher?.close()
    await this.#follower?.close()
  }
}
