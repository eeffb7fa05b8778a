/**
 * Spans of distributed traces. A node without tracing has no `Tracing` at all, and asks nothing of it. An adapter turns
 * the spans into those of OpenTelemetry (`tracing/otel-tracing.ts`).
 */

/** A place in a trace, as it travels between processes (W3C Trace Context). */
export interface TraceContext {
  /** `00-<trace id>-<span id>-<flags>`. */
  readonly traceparent: string
  /** What the vendors of tracing add; empty: nothing. */
  readonly tracestate: string
}

export type SpanKind = 'server' | 'internal' | 'producer' | 'consumer'

/** Named by the semantic conventions of OpenTelemetry where these have a name. No data, tokens, or names of users and channels. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

export interface SpanOptions {
  readonly kind: SpanKind
  /** What the span is a part of; `null`: it begins a trace, unless the sampler leaves it out. */
  readonly parent: TraceContext | null
  /** The span in which the application's own code runs now, where there is one, is its parent instead. */
  readonly prefersActive?: true
  readonly attributes?: SpanAttributes
}

export interface Span {
  /** What goes on from here has this as its parent. */
  readonly context: TraceContext
  readonly traceId: string
  readonly spanId: string
  /** False: nobody keeps this span, so that what follows from it needs none. */
  readonly isSampled: boolean
  set(attributes: SpanAttributes): void
  /** Another span that led to this one, of another trace perhaps. */
  link(other: TraceContext): void
  /** Runs something within this span: spans that the application's own instrumentation makes there are parts of it. */
  within<Result>(run: () => Result): Result
  /** `failure`: what went wrong, in a word. Later calls do nothing. */
  end(failure?: string): void
}

export interface Tracing {
  begin(name: string, options: SpanOptions): Span
  /** Hands over what is kept, and ends. */
  close(): Promise<void>
}

/** The most traces that one notification carries: with them a head stays below the 8,000 bytes of PostgreSQL's payload. */
export const maxTraces = 8

/** The changes from one revision to another, which one request made, and where its trace goes on. */
export interface ChangeTrace {
  readonly first: number
  readonly last: number
  readonly context: TraceContext
}
