/** Opens tracing by the options. Nothing of OpenTelemetry is loaded where there is none. */
import { loadAdapter, StartFailure } from '../load-adapter.ts'
import type { Tracing } from '../ports/tracing/tracing.ts'

/** What this server needs of a tracer provider of OpenTelemetry, of any version of its API. */
export interface TracerProviderLike {
  getTracer(name: string, version?: string): unknown
}

export type TracingOptions =
  /** The application's own; absent: the one that is registered for the process. */
  | { readonly provider?: TracerProviderLike }
  /** A collector that takes OTLP over HTTP, such as `http://localhost:4318`. */
  | {
      readonly otlp: string
      /** Which share of the traces that begin at this server is kept, from 0 to 1. Default: 1. */
      readonly ratio?: number
      /** Default: `dovetail`. */
      readonly serviceName?: string
    }

type Report = (error: unknown, doing: string) => void

const otlpDrivers = [
  '@opentelemetry/sdk-trace',
  '@opentelemetry/resources',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/api',
] as const

/** `report` gets the first of several exports in a row that failed. @throws StartFailure */
export async function openTracing(
  options: TracingOptions | undefined,
  version: string,
  report: Report,
): Promise<Tracing | null> {
  if (options === undefined) return null
  if ('otlp' in options) return openOtlp(options, version, report)
  const { OtelTracing } = await loadAdapter('tracing', '@opentelemetry/api', () => import('./otel-tracing.ts'))
  const provider = options.provider as ConstructorParameters<typeof OtelTracing>[0]['provider']
  return new OtelTracing({ provider, version })
}

async function openOtlp(
  { otlp, ratio = 1, serviceName = 'dovetail' }: Extract<TracingOptions, { otlp: string }>,
  version: string,
  report: Report,
): Promise<Tracing> {
  const url = collectorOf(otlp)
  if (!(ratio >= 0 && ratio <= 1)) throw new StartFailure(`traces: the ratio ${ratio} is not between 0 and 1`)
  const load = () => import('./otlp-tracing.ts')
  const { openOtlpTracing } = await loadAdapter('traces', otlpDrivers, load)
  return openOtlpTracing({ url, ratio, serviceName, version, report })
}

/** Without a path, that of the convention. */
function collectorOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new StartFailure(`traces: "${text}" is no http or https URL of a collector, such as http://localhost:4318`)
  return url.pathname === '/' ? new URL('/v1/traces', url).href : url.href
}
