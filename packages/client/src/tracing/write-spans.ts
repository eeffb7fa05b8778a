/** The spans of writes under way, by the key under which each is sent. */
import { context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { channelTemplate } from 'dovetail-protocol/names'

/** Where a write stands in its trace, as headers or members of a command. */
export interface TraceMembers {
  readonly traceparent?: string
  readonly tracestate?: string
}

export type WriteOp = 'create' | 'put' | 'patch' | 'append' | 'delete'

export class WriteSpans {
  readonly #tracer: Tracer
  readonly #spans = new Map<string, Span>()

  constructor(tracer: Tracer) {
    this.#tracer = tracer
  }

  /**
   * Sends a write with its place in a trace. One that has no span, such as the write of a view or of an earlier page, has
   * one from here on. `failureOf`: what is wrong with an outcome, in a word.
   */
  send<Result>(
    write: SentWrite,
    send: (members: TraceMembers) => Promise<Result>,
    failureOf?: (result: Result) => string | undefined,
  ): Promise<Result> {
    const key = keyOf(write)
    if (this.#spans.has(key)) return send(this.#membersOf(key))
    return this.around(write.op, write.channel, key, () => send(this.#membersOf(key)), failureOf)
  }

  /** Runs a write within a span of its own, a part of the span that is active now. */
  async around<Result>(
    op: WriteOp,
    channel: string,
    key: string,
    run: () => Promise<Result>,
    failureOf?: (result: Result) => string | undefined,
  ): Promise<Result> {
    const attributes = channelAttributes(channel, op, 'send')
    const span = this.#tracer.startSpan(`${op} ${channelTemplate(channel)}`, { kind: SpanKind.PRODUCER, attributes })
    this.#spans.set(key, span)
    try {
      const result = await context.with(trace.setSpan(context.active(), span), run)
      const failure = failureOf?.(result)
      if (failure !== undefined) fail(span, failure)
      return result
    } catch (error) {
      const { code } = Object(error) as { code?: unknown }
      fail(span, typeof code === 'string' ? code : 'error')
      throw error
    } finally {
      if (this.#spans.get(key) === span) this.#spans.delete(key)
      span.end()
    }
  }

  #membersOf(key: string): TraceMembers {
    const span = this.#spans.get(key)
    if (span === undefined) return {}
    const { traceId, spanId, traceFlags, traceState } = span.spanContext()
    const tracestate = traceState?.serialize()
    return {
      traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
      ...(tracestate ? { tracestate } : {}),
    }
  }
}

/** The key of the appends to a record, which are sent under keys that nobody else knows. */
export function appendKey(channel: string, collection: string, recordId: string): string {
  return JSON.stringify([channel, collection, recordId])
}

/** The attributes of a span that is about a channel, by the conventions for messaging. */
export function channelAttributes(channel: string, name: string, type: 'send' | 'receive') {
  return {
    'messaging.system': 'dovetail',
    'messaging.operation.name': name,
    'messaging.operation.type': type,
    'messaging.destination.template': channelTemplate(channel),
  }
}

function fail(span: Span, why: string): void {
  span.setAttribute('error.type', why)
  span.setStatus({ code: SpanStatusCode.ERROR })
}

/** A write as it is sent, as far as its span needs it. */
export interface SentWrite {
  readonly op: WriteOp
  readonly channel: string
  readonly collection?: string | undefined
  readonly recordId?: string | undefined
  readonly key?: string | undefined
}

const ops: readonly string[] = ['create', 'put', 'patch', 'append', 'delete'] satisfies WriteOp[]

export function isWrite<Sent extends { readonly op?: unknown }>(command: Sent): command is Sent & SentWrite {
  return ops.includes(String(command.op))
}

function keyOf({ op, key = '', channel, collection = '', recordId = '' }: SentWrite): string {
  return op === 'append' ? appendKey(channel, collection, recordId) : key
}
