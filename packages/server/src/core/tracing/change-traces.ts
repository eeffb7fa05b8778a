/**
 * The traced changes that are on their way to this node's readers. One span `deliver` stands for the fan-out of a commit
 * on a node, whoever many readers it has; on other nodes a span `receive` comes before it, from the notification until
 * the hub has the change, read from the store perhaps.
 */
import { channelTemplate } from 'dovetail-protocol'
import type { Clock } from '../../ports/clock.ts'
import type { ChangeTrace, Span, TraceContext, Tracing } from '../../ports/tracing/tracing.ts'
import { channelAttributes, type MessagingOperation } from './channel-attributes.ts'

/** A channel that somebody reads on this node. */
export interface ReadChannel {
  readonly channel: string
  /** The newest revision that its hub has. */
  readonly head: number
}

interface OnItsWay extends ChangeTrace {
  readonly since: number
  /** `null`: this node committed the change. */
  readonly receive: Span | null
  /** `null`: the hub has not got the change yet. */
  deliver: Span | null
}

/** More are not traced here: their spans would stay open where their changes never come. */
const maxOnTheirWay = 1000
const maxMs = 30_000

export class ChangeTraces {
  readonly #tracing: Tracing
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #channels = new Map<string, OnItsWay[]>()
  #size = 0

  constructor(tracing: Tracing, clock: Pick<Clock, 'monotonic'>) {
    this.#tracing = tracing
    this.#clock = clock
  }

  /** Call it before the hub is given the changes. `hub`: `null` where nobody reads the channel here. */
  begin(hub: ReadChannel | null, traces: readonly ChangeTrace[], from: 'here' | 'peer'): void {
    if (hub === null) return
    for (const trace of traces) {
      if (trace.last <= hub.head || this.#size >= maxOnTheirWay) continue
      const receive = from === 'here' ? null : this.#span(hub.channel, 'receive', 'receive', trace.context)
      const entry = { ...trace, since: this.#clock.monotonic(), receive, deliver: null }
      const entries = this.#channels.get(hub.channel)
      if (entries === undefined) this.#channels.set(hub.channel, [entry])
      else entries.push(entry)
      this.#size++
    }
  }

  /** The hub has this change now. Gives the place in its trace from which readers go on; absent: it is not traced. */
  reached(channel: string, rev: number): string | undefined {
    const entry = this.#channels.get(channel)?.find(({ first, last }) => first <= rev && rev <= last)
    if (entry === undefined) return undefined
    entry.receive?.end()
    entry.deliver ??= this.#span(channel, 'deliver', 'process', entry.receive?.context ?? entry.context)
    return entry.deliver.context.traceparent
  }

  /** The channel's live readers were sent everything up to a revision. */
  sent(channel: string, upTo: number, readers: number): void {
    const entries = this.#channels.get(channel)
    if (entries === undefined) return
    this.#keep(channel, entries, ({ last }) => last > upTo, { 'dovetail.readers': readers })
  }

  /** The channel has another log here, or none. */
  forget(channel: string): void {
    const entries = this.#channels.get(channel)
    if (entries !== undefined) this.#keep(channel, entries, () => false, {}, 'reset')
  }

  /** Ends the spans of changes that never came. Called about once a second. */
  sweep(): void {
    const oldest = this.#clock.monotonic() - maxMs
    for (const [channel, entries] of this.#channels)
      this.#keep(channel, entries, ({ since }) => since >= oldest, {}, 'timeout')
  }

  #keep(
    channel: string,
    entries: readonly OnItsWay[],
    isKept: (entry: OnItsWay) => boolean,
    attributes: Readonly<Record<string, number>>,
    failure?: string,
  ): void {
    const kept: OnItsWay[] = []
    for (const entry of entries) {
      if (isKept(entry)) {
        kept.push(entry)
        continue
      }
      entry.deliver?.set(attributes)
      entry.deliver?.end(failure)
      entry.receive?.end(failure)
    }
    this.#size -= entries.length - kept.length
    if (kept.length === 0) this.#channels.delete(channel)
    else this.#channels.set(channel, kept)
  }

  #span(channel: string, name: string, type: MessagingOperation, parent: TraceContext): Span {
    return this.#tracing.begin(`${name} ${channelTemplate(channel)}`, {
      kind: 'consumer',
      parent,
      attributes: channelAttributes(channel, name, type),
    })
  }
}
