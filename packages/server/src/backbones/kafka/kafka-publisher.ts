/**
 * Sends notifications to the topic: one request at a time, each with all notifications since the last.
 * What Kafka does not accept is dropped; the other nodes read it from the store.
 */
import { Producer } from '@platformatic/kafka'
import type { Clock } from '../../ports/clock.ts'
import { inTime } from '../shared/in-time.ts'
import type { KafkaAddress } from './kafka-address.ts'
import { connectionTo, letGo } from './kafka-client.ts'

/** A notification, with the key that keeps those of one channel in one partition. */
export interface Message {
  readonly key: string
  readonly value: Buffer
}

/** A request may be one batch of one partition, and brokers accept batches of up to 1 MiB. */
export const maxBatchBytes = 900_000
const maxBatchSize = 1000
/** Notifications beyond this many waiting bytes are dropped. */
const maxWaitingBytes = 8 * 1024 * 1024
const sendMs = 5000
/** After a failure nothing is sent for this long; notifications published meanwhile are dropped. */
const restMs = 500

export interface KafkaRingerOptions {
  readonly address: KafkaAddress
  readonly clientId: string
  readonly clock: Clock
  /** Called with the first of several failures in a row. */
  readonly report: (error: unknown) => void
}

export class KafkaPublisher {
  readonly #options: KafkaRingerOptions
  #producer: Producer | null = null
  #waiting: Message[] = []
  #waitingBytes = 0
  #state: 'idle' | 'sending' | 'resting' | 'closed' = 'idle'
  #hasFailed = false

  constructor(options: KafkaRingerOptions) {
    this.#options = options
  }

  /** False: the notification was dropped. */
  publish(message: Message): boolean {
    if (this.#state === 'resting' || this.#state === 'closed') return false
    if (this.#waitingBytes > maxWaitingBytes || message.value.length > maxBatchBytes) return false
    this.#waiting.push(message)
    this.#waitingBytes += message.value.length
    if (this.#state === 'idle') void this.#send()
    return true
  }

  async #send(): Promise<void> {
    this.#state = 'sending'
    while (this.#isSending() && this.#waiting.length > 0) {
      const { topic } = this.#options.address
      const messages = this.#takeBatch().map(({ key, value }) => ({ topic, key: Buffer.from(key), value }))
      try {
        const sent = this.#open().send({ messages, acks: 1 })
        await inTime(this.#options.clock, sendMs, sent)
        this.#hasFailed = false
      } catch (error) {
        await this.#failed(error)
        return
      }
    }
    if (this.#isSending()) this.#state = 'idle'
  }

  #isSending(): boolean {
    return this.#state === 'sending'
  }

  #takeBatch(): Message[] {
    let bytes = 0
    let count = 0
    for (const { value } of this.#waiting) {
      if (count === maxBatchSize || (count > 0 && bytes + value.length > maxBatchBytes)) break
      bytes += value.length
      count++
    }
    this.#waitingBytes -= bytes
    return this.#waiting.splice(0, count)
  }

  #open(): Producer {
    const { clientId, address } = this.#options
    this.#producer ??= new Producer({
      ...connectionTo(address, clientId),
      retries: 0,
      connectTimeout: sendMs,
      timeout: sendMs,
      metadataMaxAge: 30_000,
    })
    return this.#producer
  }

  async #failed(error: unknown): Promise<void> {
    if (!this.#hasFailed && this.#isSending()) this.#options.report(error)
    this.#hasFailed = true
    this.#waiting = []
    this.#waitingBytes = 0
    if (this.#isSending()) this.#state = 'resting'
    const producer = this.#producer
    this.#producer = null
    // A new producer has no knowledge of brokers and topics that no longer exist.
    await letGo(this.#options.clock, producer)
    this.#options.clock.after(restMs, () => {
      if (this.#state === 'resting') this.#state = 'idle'
    })
  }

  async close(): Promise<void> {
    this.#state = 'closed'
    await letGo(this.#options.clock, this.#producer)
  }
}
