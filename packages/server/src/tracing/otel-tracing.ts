/** Tracing by OpenTelemetry: spans of the application's own tracer provider, or of the one that is registered for the process. */

import type { Context, Span as OtelSpan, SpanContext, Tracer, TracerProvider } from '@opentelemetry/api'
import {
  context,
  createTraceState,
  isSpanContextValid,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import type {
  SpanKind as Kind,
  Span,
  SpanAttributes,
  SpanOptions,
  TraceContext,
  Tracing,
} from '../ports/tracing/tracing.ts'

const kinds: Readonly<Record<Kind, SpanKind>> = {
  server: SpanKind.SERVER,
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
}

export interface OtelTracingOptions {
  /** Absent: the one that is registered for the process, now or later. */
  readonly provider?: TracerProvider | undefined
  /** Of this package. */
  readonly version: string
  /** Ends the provider where this server has made it. */
  readonly close?: () => Promise<void>
}

export class OtelTracing implements Tracing {
  readonly #tracer: Tracer
  readonly #close: () => Promise<void>

  constructor({ provider = trace.getTracerProvider(), version, close = async () => {} }: OtelTracingOptions) {
    this.#tracer = provider.getTracer('dovetail', version)
    this.#close = close
  }

  begin(name: string, { kind, parent, prefersActive, attributes = {} }: SpanOptions): Span {
    const active = prefersActive === true ? context.active() : ROOT_CONTEXT
    const within = trace.getSpan(active) === undefined ? contextOf(parent) : active
    return new StartedSpan(this.#tracer.startSpan(name, { kind: kinds[kind], attributes }, within), within)
  }

  close(): Promise<void> {
    return this.#close()
  }
}

class StartedSpan implements Span {
  readonly #span: OtelSpan
  readonly #within: Context
  readonly #location: SpanContext
  #isOver = false

  constructor(span: OtelSpan, within: Context) {
    this.#span = span
    this.#within = within
    this.#location = span.spanContext()
  }

  get context(): TraceContext {
    const { traceId, spanId, traceFlags, traceState } = this.#location
    const flags = traceFlags.toString(16).padStart(2, '0')
    return { traceparent: `00-${traceId}-${spanId}-${flags}`, tracestate: traceState?.serialize() ?? '' }
  }

  get traceId(): string {
    return this.#location.traceId
  }

  get spanId(): string {
    return this.#location.spanId
  }

  get isSampled(): boolean {
    return (this.#location.traceFlags & TraceFlags.SAMPLED) !== 0 && isSpanContextValid(this.#location)
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes(attributes)
  }

  link(other: TraceContext): void {
    this.#span.addLink({ context: locationOf(other) })
  }

  within<Result>(run: () => Result): Result {
    return context.with(trace.setSpan(this.#within, this.#span), run)
  }

  end(failure?: string): void {
    if (this.#isOver) return
    this.#isOver = true
    if (failure !== undefined) {
      this.#span.setAttribute('error.type', failure)
      this.#span.setStatus({ code: SpanStatusCode.ERROR })
    }
    this.#span.end()
  }
}

function contextOf(parent: TraceContext | null): Context {
  return parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, locationOf(parent))
}

/** The text is valid: `ports/tracing/trace-context.ts` has parsed it, or this file has made it. */
function locationOf({ traceparent, tracestate }: TraceContext): SpanContext {
  const [, traceId = '', spanId = '', flags = '00'] = traceparent.split('-')
  const location = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
  return tracestate === '' ? location : { ...location, traceState: createTraceState(tracestate) }
}
