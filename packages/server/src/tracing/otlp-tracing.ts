/** Sends spans to a collector by OTLP over HTTP: what `dovetail serve --traces` does. */
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Tracing } from '../ports/tracing/tracing.ts'
import { OtelTracing } from './otel-tracing.ts'

export interface OtlpOptions {
  /** The whole address, with its path. */
  readonly url: string
  /** Which share of the traces that begin here is kept, from 0 to 1. What comes with a trace follows whoever began it. */
  readonly ratio: number
  readonly serviceName: string
  readonly version: string
  readonly report: (error: unknown, doing: string) => void
}

export function openOtlpTracing({ url, ratio, serviceName, version, report }: OtlpOptions): Tracing {
  const provider = new TracerProvider({
    resource: defaultResource().merge(
      resourceFromAttributes({ 'service.name': serviceName, 'service.version': version }),
    ),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: new ReportedExporter(new OTLPTraceExporter({ url }), report) }),
    ],
  })
  return new OtelTracing({ provider, version, close: () => closed(provider) })
}

/** A collector that does not answer holds up no end. */
const closeMs = 2000

async function closed(provider: TracerProvider): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeMs)
  })
  await Promise.race([provider.shutdown().catch(() => {}), late])
  clearTimeout(timer)
}

/** The same exporter; what it could not send is reported once, until it sends again. */
class ReportedExporter implements SpanExporter {
  readonly #inner: SpanExporter
  readonly #report: OtlpOptions['report']
  #hasFailed = false

  constructor(inner: SpanExporter, report: OtlpOptions['report']) {
    this.#inner = inner
    this.#report = report
  }

  export(...[spans, done]: Parameters<SpanExporter['export']>): void {
    this.#inner.export(spans, (result) => {
      if (result.error !== undefined && !this.#hasFailed) this.#report(result.error, 'sending traces')
      this.#hasFailed = result.error !== undefined
      done(result)
    })
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown()
  }

  async forceFlush(): Promise<void> {
    await this.#inner.forceFlush?.()
  }
}
