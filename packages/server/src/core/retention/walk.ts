/** Goes through all channels of namespaces, with a rest after each piece of work. */
import { namespaceOf } from 'dovetail-protocol'
import type { Clock } from '../../ports/clock.ts'
import type { ChannelFacts } from '../../ports/store.ts'
import type { LogContext } from '../log/context.ts'
import { Rested } from './rested.ts'

const channelsAtATime = 100

export interface WalkParts extends Pick<LogContext, 'storeOf'> {
  readonly clock: Clock
}

export class Walk {
  readonly rested: Rested
  readonly #parts: WalkParts
  readonly #once: () => Promise<number>
  #running: Promise<number> | null = null

  /** @param once goes through everything once, and resolves with how much it deleted */
  constructor(parts: WalkParts, once: () => Promise<number>) {
    this.#parts = parts
    this.#once = once
    this.rested = new Rested(parts.clock)
  }

  get isStopped(): boolean {
    return this.rested.isStopped
  }

  /** A call while it runs joins in. */
  run(): Promise<number> {
    this.#running ??= this.#once().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.rested.stop()
    await this.#running?.catch(() => undefined)
  }

  /** The channels of a namespace, until the walk is stopped. */
  async *channelsOf(namespace: string): AsyncGenerator<ChannelFacts> {
    for (let after: string | null = ''; after !== null; ) {
      const query = { prefix: namespace, after, limit: channelsAtATime }
      const channels: readonly ChannelFacts[] = await this.rested.after(() =>
        this.#parts.storeOf(namespace).channels(query),
      )
      for (const facts of channels) {
        if (this.isStopped) return
        if (namespaceOf(facts.name) === namespace) yield facts
      }
      after = channels.length < channelsAtATime ? null : (channels.at(-1)?.name ?? null)
    }
  }
}
