/**
 * The doorbell over Kafka: one topic, keyed by channel, which every node reads from its end. There
 * is no interest: a node reads the bells of all channels and hears those that it listens to.
 */
import { randomUUID } from 'node:crypto'
import type { Backbone, Bell } from '../ports/backbone.ts'
import type { Clock, Stop } from '../ports/clock.ts'
import { decodeBell, encodeBell } from './bell-text.ts'
import { inTime } from './in-time.ts'
import { Interest } from './interest.ts'
import { parseKafkaAddress } from './kafka-address.ts'
import { deepest } from './kafka-client.ts'
import { KafkaFollower } from './kafka-follower.ts'
import { KafkaRinger, maxBatchBytes } from './kafka-ringer.ts'

export interface KafkaBackboneOptions {
  readonly clock: Clock
  /** Kafka was lost. It is sought again without being asked. */
  readonly report: (error: unknown, doing: string) => void
}

const probeMs = 4000

/** Rejects where no broker can be reached or the topic can be neither found nor made. */
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
  #ringer: KafkaRinger | null = null
  #follower: KafkaFollower | null = null
  #state: 'new' | 'up' | 'down' | 'closed' = 'new'
  #hear: (bell: Bell) => void = () => {}
  #doubt: () => void = () => {}

  constructor(url: string, options: KafkaBackboneOptions) {
    this.#url = url
    this.#options = options
  }

  async open(): Promise<void> {
    const { clock, report } = this.#options
    const common = { address: parseKafkaAddress(this.#url), clientId: `dovetail-${this.#node}`, clock }
    this.#follower = await KafkaFollower.open({
      ...common,
      hear: (value) => this.#heard(String(value)),
      onUp: () => this.#nowUp(),
      onDown: () => this.#nowDown(),
      report: (error) => report(deepest(error), 'hearing the other nodes by Kafka'),
    })
    const failed = (error: unknown) => report(deepest(error), 'ringing the other nodes by Kafka')
    this.#ringer = new KafkaRinger({ ...common, report: failed })
  }

  #nowUp(): void {
    const before = this.#state
    if (before === 'closed') return
    this.#state = 'up'
    if (before === 'down') this.#doubt()
  }

  #nowDown(): void {
    if (this.#state !== 'closed') this.#state = 'down'
    for (const { reject } of [...this.#probes.values()]) reject(new Error('the broker is not heard'))
  }

  #heard(text: string): void {
    const probe = /^probe (\S+)$/.exec(text)?.[1]
    if (probe !== undefined) {
      this.#probes.get(probe)?.resolve()
      return
    }
    const rung = decodeBell(text)
    if (rung === null || rung.node === this.#node || !this.#interest.concerns(rung.bell)) return
    try {
      this.#hear(rung.bell)
    } catch (error) {
      this.#options.report(error, 'hearing a bell')
    }
  }

  ring(bell: Bell): void {
    const key = bell.kind === 'revoked' ? '' : bell.channel
    const value = this.#valueOf(bell)
    if (value.length <= maxBatchBytes) this.#ringer?.ring({ key, value })
    else if (bell.kind === 'advanced') this.#ringer?.ring({ key, value: this.#valueOf({ ...bell, changes: [] }) })
  }

  #valueOf(bell: Bell): Buffer {
    return Buffer.from(encodeBell({ node: this.#node, bell }))
  }

  /** Whatever is rung is read; where it is not read now, a doubt follows when it is. */
  async listen(channel: string): Promise<Stop> {
    if (this.#state === 'closed') throw new Error('the backbone is closed')
    return this.#interest.add(channel)
  }

  onBell(hear: (bell: Bell) => void): void {
    this.#hear = hear
  }

  onDoubt(doubt: () => void): void {
    this.#doubt = doubt
  }

  async probe(): Promise<void> {
    if (this.#state !== 'up') throw new Error('the broker is not heard')
    const id = randomUUID()
    const heard = new Promise<void>((resolve, reject) => {
      this.#probes.set(id, { resolve, reject })
      const isTaken = this.#ringer?.ring({ key: this.#node, value: Buffer.from(`probe ${id}`) }) ?? false
      if (!isTaken) reject(new Error('the broker takes no bells'))
    })
    await inTime(this.#options.clock, probeMs, heard).finally(() => this.#probes.delete(id))
  }

  async close(): Promise<void> {
    this.#state = 'closed'
    this.#nowDown()
    await this.#ringer?.close()
    await this.#follower?.close()
  }
}
