/**
 * How far consumers are, for the metrics: a read of the store for each consumer, at most every 15 s however often it is
 * asked for, and not where a pattern has very many channels.
 */
import type { StoredConsumer } from '../../ports/consumers/consumers.ts'
import { parsePattern } from '../following/channel-pattern.ts'
import { matchingChannels } from '../following/matching-channels.ts'
import { Failure } from '../rules/failure.ts'
import { reportOf } from './consumers.ts'
import type { ConsumerContext } from './context.ts'
import type { ConsumerVerbContext } from './verb-context.ts'

/** A consumer whose pattern has more channels is not read: that would take a good part of a second each time. */
export const mostChannels = 10_000
const keptMs = 15_000

export interface ConsumerFigure {
  readonly name: string
  /** Revisions that are not acknowledged, of all channels. */
  readonly lag: number
  /** Channels that have some. */
  readonly behind: number
  /** How many workers hold channels, and how many channels they hold. */
  readonly workers: number
  readonly held: number
  /** For how long no worker of this node has acknowledged anything, in seconds; at most since the node began. */
  readonly idleSeconds: number
}

type Reading = Omit<ConsumerFigure, 'idleSeconds'>

export class ConsumerFigures {
  readonly #core: ConsumerContext & Pick<ConsumerVerbContext, 'consumptions'>
  readonly #beganAt: number
  #readAt = Number.NEGATIVE_INFINITY
  #readings: Promise<readonly Reading[]> = Promise.resolve([])

  constructor(core: ConsumerContext & Pick<ConsumerVerbContext, 'consumptions'>) {
    this.#core = core
    this.#beganAt = core.clock.monotonic()
  }

  /** One for each consumer, at most as many as there may be. Throws `StoreUnavailable`. */
  async all(): Promise<readonly ConsumerFigure[]> {
    const { clock, consumptions } = this.#core
    const now = clock.monotonic()
    if (now - this.#readAt >= keptMs) {
      this.#readAt = now
      this.#readings = this.#read()
      this.#readings.catch(() => {
        this.#readAt = Number.NEGATIVE_INFINITY
      })
    }
    const readings = await this.#readings
    return readings.map((reading) => {
      const at = consumptions.acknowledgedAt(reading.name) ?? this.#beganAt
      return { ...reading, idleSeconds: (clock.monotonic() - at) / 1000 }
    })
  }

  async #read(): Promise<readonly Reading[]> {
    const { consumers, limits } = this.#core
    const readings: Reading[] = []
    for (const consumer of (await consumers.list()).slice(0, limits.consumers)) {
      const reading = await this.#readOne(consumer)
      if (reading !== null) readings.push(reading)
    }
    return readings
  }

  /** `null`: it has too many channels, or its namespace left the configuration. */
  async #readOne(consumer: StoredConsumer): Promise<Reading | null> {
    const channels = await this.#channelsOf(consumer)
    if (channels === null) return null
    const { lag, behind, workers } = await reportOf(this.#core, consumer, channels)
    const held = workers.reduce((sum, { channels: each }) => sum + each, 0)
    return { name: consumer.name, lag, behind, workers: workers.length, held }
  }

  async #channelsOf({ pattern }: StoredConsumer): ReturnType<typeof matchingChannels> {
    try {
      return await matchingChannels(this.#core, parsePattern(this.#core, pattern), mostChannels)
    } catch (error) {
      if (error instanceof Failure && error.code === 'not_found') return null
      throw error
    }
  }
}
