/** Where traces go, by the options and by the variables that OpenTelemetry gives every program. */
import type { ServerOptions } from 'dovetail-server'
import type { Environment } from './sources.ts'

/** Absent: nowhere. An option wins over the variables. */
export function tracingOf(
  { traces, traceRatio }: { readonly traces: string | undefined; readonly traceRatio: number | undefined },
  environment: Environment,
): Pick<ServerOptions, 'tracing'> {
  const otlp = traces ?? collectorIn(environment)
  if (otlp === undefined) return {}
  const { OTEL_SERVICE_NAME: serviceName } = environment
  const ratio = traceRatio === undefined ? {} : { ratio: traceRatio }
  return { tracing: { otlp, ...ratio, ...(serviceName ? { serviceName } : {}) } }
}

function collectorIn(environment: Environment): string | undefined {
  const { OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER } = environment
  if (OTEL_SDK_DISABLED?.toLowerCase() === 'true' || OTEL_TRACES_EXPORTER === 'none') return undefined
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ofTraces, OTEL_EXPORTER_OTLP_ENDPOINT: ofAll } = environment
  if (ofTraces) return ofTraces
  return ofAll ? `${ofAll.replace(/\/$/, '')}/v1/traces` : undefined
}
