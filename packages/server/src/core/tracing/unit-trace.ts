/**
 * The traces of the requests whose writes one unit commits. Each request has a span `commit` of its own, from when its
 * write is ready until the store has it, linked to the other requests of the same group commit; and a span `publish`,
 * from which its changes are traced on to readers and other nodes.
 */
import { channelTemplate } from 'dovetail-protocol'
import type { Unit, UnitOutcome } from '../../ports/store.ts'
import { type ChangeTrace, maxTraces, type Span, type TraceContext, type Tracing } from '../../ports/tracing/tracing.ts'
import { channelAttributes } from './channel-attributes.ts'

interface Part {
  readonly request: Span
  readonly commit: Span
  /** Which writes of the unit are this request's. */
  readonly writes: readonly number[]
}

/** The most other requests that a span is linked to. */
const maxLinks = 16

export class UnitTrace {
  readonly #tracing: Tracing
  readonly #channel: string
  readonly #parts: readonly Part[]

  /** `requests`: of each write; absent where its request is not traced. `null`: nobody keeps the span of any. */
  static begin(tracing: Tracing, unit: Unit, requests: readonly (Span | undefined)[]): UnitTrace | null {
    const writes = new Map<Span, number[]>()
    for (const [index, request] of requests.entries()) {
      if (request?.isSampled !== true) continue
      const known = writes.get(request)
      if (known !== undefined) known.push(index)
      else if (writes.size < maxTraces) writes.set(request, [index])
    }
    return writes.size === 0 ? null : new UnitTrace(tracing, unit.channel, writes)
  }

  private constructor(tracing: Tracing, channel: string, writes: ReadonlyMap<Span, readonly number[]>) {
    this.#tracing = tracing
    this.#channel = channel
    this.#parts = [...writes].map(([request, indexes]) => {
      const attributes = channelAttributes(channel, 'commit')
      const commit = tracing.begin(`commit ${channelTemplate(channel)}`, {
        kind: 'internal',
        parent: request.context,
        attributes,
      })
      return { request, commit, writes: indexes }
    })
  }

  get requests(): readonly TraceContext[] {
    return this.#parts.map(({ request }) => request.context)
  }

  /** The store is given the unit in a group with others. */
  committing(others: readonly UnitTrace[], units: number): void {
    const linked = others.filter((other) => other !== this).flatMap((other) => other.requests)
    for (const { commit } of this.#parts) {
      commit.set({ 'messaging.batch.message_count': units })
      for (const context of linked.slice(0, maxLinks)) commit.link(context)
    }
  }

  /** `failure`: why the unit was not committed. */
  committed(failure?: string): void {
    for (const { commit } of this.#parts) commit.end(failure)
  }

  /** Runs what announces the changes, within a span for each request. */
  publish({ results }: UnitOutcome & { kind: 'committed' }, announce: (traces: readonly ChangeTrace[]) => void): void {
    const spans: Span[] = []
    const traces: ChangeTrace[] = []
    for (const { request, writes } of this.#parts) {
      const revs = writes.flatMap((index) => {
        const written = results[index]
        return written?.kind === 'created' || written?.kind === 'changed' ? [written.record.rev] : []
      })
      const [first, last] = [revs[0], revs.at(-1)]
      if (first === undefined || last === undefined) continue
      const span = this.#tracing.begin(`publish ${channelTemplate(this.#channel)}`, {
        kind: 'producer',
        parent: request.context,
        attributes: {
          ...channelAttributes(this.#channel, 'publish', 'send'),
          'messaging.batch.message_count': revs.length,
        },
      })
      spans.push(span)
      traces.push({ first, last, context: span.context })
    }
    announce(traces)
    for (const span of spans) span.end()
  }
}
