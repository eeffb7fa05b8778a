/** Nodes that keep their spans in memory, and questions about these. */
import { SpanKind } from '@opentelemetry/api'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import { expect, vi } from 'vitest'
import { patienceMs } from '../support/until.ts'

export const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const callerSpan = '00f067aa0ba902b7'
export const sampled = `00-${traceId}-${callerSpan}-01`
export const unsampled = `00-${traceId}-${callerSpan}-00`

/** What is kept of a span, so that whole traces can be compared. */
export interface Seen {
  readonly name: string
  readonly kind: string
  /** The name of the span that it is a part of; `caller`: the one outside; absent: it begins a trace. */
  readonly parent?: string
}

export class Kept {
  readonly #exporter = new InMemorySpanExporter()
  readonly provider: TracerProvider

  /** `begins`: whether traces that begin here are kept. */
  constructor(begins = false) {
    const root = begins ? new AlwaysOnSampler() : new AlwaysOffSampler()
    this.provider = new TracerProvider({
      sampler: new ParentBasedSampler({ root }),
      spanProcessors: [new SimpleSpanProcessor({ exporter: this.#exporter })],
    })
  }

  get spans(): readonly ReadableSpan[] {
    return this.#exporter.getFinishedSpans()
  }

  /** Waits until there is an ended span of each of these names. */
  async ended(...names: readonly string[]): Promise<void> {
    const all = () => expect(this.spans.map(({ name }) => name)).toEqual(expect.arrayContaining([...names]))
    await vi.waitFor(all, patienceMs)
  }

  forget(): void {
    this.#exporter.reset()
  }
}

/** The spans of one trace over several nodes and clients, each with its parent. */
export function traceOf(kept: readonly Kept[], id = traceId): Seen[] {
  const spans = kept.flatMap((each) => each.spans).filter((span) => span.spanContext().traceId === id)
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]))
  names.set(callerSpan, 'caller')
  return spans
    .map((span) => {
      const parent = span.parentSpanContext === undefined ? undefined : names.get(span.parentSpanContext.spanId)
      const seen = { name: span.name, kind: SpanKind[span.kind] }
      return parent === undefined ? seen : { ...seen, parent }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

export function spanNamed(kept: Kept, name: string): ReadableSpan {
  const span = kept.spans.find((each) => each.name === name)
  if (span === undefined) throw new Error(`there is no span ${name}: ${kept.spans.map((each) => each.name).join(', ')}`)
  return span
}
