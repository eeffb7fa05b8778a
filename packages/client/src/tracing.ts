/**
 * A client whose writes go on in the application's traces, and which has a span for each traced change that it receives:
 * `createTracedClient` from `dovetail-client/tracing`, by OpenTelemetry's `@opentelemetry/api`. It stands around the
 * client: it puts `traceparent` into what the client sends, and asks for `trace` in what it receives.
 */
import { type TracerProvider, trace } from '@opentelemetry/api'
import type { AnyTypes, ChannelName } from 'dovetail-protocol'
import type { Channel } from './channel.ts'
import { type Client, type ClientOptions, createClient } from './client.ts'
import { tracedFetch } from './tracing/traced-fetch.ts'
import { tracedLinks } from './tracing/traced-links.ts'
import { traceWrites } from './tracing/traced-writes.ts'
import { WriteSpans } from './tracing/write-spans.ts'

export interface TracedClientOptions extends ClientOptions {
  /** Default: the one that is registered for the process or page. */
  readonly tracerProvider?: TracerProvider
}

export function createTracedClient<Types = AnyTypes>(options: TracedClientOptions = {}): Client<Types> {
  const { tracerProvider = trace.getTracerProvider(), ...own } = options
  const tracer = tracerProvider.getTracer('dovetail-client')
  const spans = new WriteSpans(tracer)
  const client = createClient<Types>({
    ...own,
    fetch: tracedFetch(own.fetch ?? globalThis.fetch, spans),
    growing: tracedLinks(own.growing, tracer, spans),
  })
  const openChannel = client.channel.bind(client)
  return Object.assign(client, {
    channel: <Name extends string>(name: ChannelName<Types, Name>): Channel<Types, Name> =>
      traceWrites(openChannel<Name>(name), spans),
  })
}
