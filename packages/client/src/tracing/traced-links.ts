/** Stands between a link and the subscriptions, where `dovetail-client/growing` stands too: see there. */
import { ROOT_CONTEXT, type Span, SpanKind, type Tracer, trace } from '@opentelemetry/api'
import type { Change, DownEvent } from 'dovetail-protocol'
import { channelTemplate } from 'dovetail-protocol/names'
import type { Growing, Network } from '../base/network.ts'
import type { Command, Link, LinkEvents, SubscribeRequest } from '../transports/transport.ts'
import { channelAttributes, isWrite, type WriteSpans } from './write-spans.ts'

type OpenLink = (open: (events: LinkEvents) => Link, network: Network, events: LinkEvents) => Link

/** `inner`: what else stands there. */
export function tracedLinks(inner: Growing | undefined, tracer: Tracer, spans: WriteSpans): Growing {
  const openTraced = (open: (events: LinkEvents) => Link, events: LinkEvents): Link => {
    const asked = new WeakMap<SubscribeRequest, SubscribeRequest>()
    const traced: LinkEvents = {
      ready: () => events.ready(),
      opened: (user) => events.opened(user),
      measured: (rttMs) => events.measured(rttMs),
      cursorOf: (channel) => events.cursorOf(channel),
      lost: (error) => events.lost(error),
      refused: (request, error) => events.refused(asked.get(request) ?? request, error),
      subscribed: (request, ok) => events.subscribed(asked.get(request) ?? request, ok),
      frame: (frame) => receive(tracer, frame, () => events.frame(frame)),
    }
    return over(open(traced), spans, asked)
  }
  const openGrowing = inner as unknown as OpenLink | undefined
  const both: OpenLink = (open, network, events) =>
    openTraced((to) => openGrowing?.(open, network, to) ?? open(to), events)
  return both as unknown as Growing
}

function over(link: Link, spans: WriteSpans, asked: WeakMap<SubscribeRequest, SubscribeRequest>): Link {
  return {
    name: link.name,
    // Read anew each time: a link may be able to send commands later only.
    get send() {
      const { send } = link
      if (send === null) return null
      return (command: Command) =>
        isWrite(command) ? spans.send(command, (members) => send({ ...command, ...members } as Command)) : send(command)
    },
    post: (command) => link.post(command),
    refresh: () => link.refresh(),
    probe: () => link.probe(),
    unsubscribe: (channel) => link.unsubscribe(channel),
    subscribe: (request) => {
      const sent = { ...request, traces: true } as const
      asked.set(sent, request)
      link.subscribe(sent)
    },
    close: (code, reason) => link.close(code, reason),
  }
}

/** Each trace of a frame has a span until the frame's changes are taken over. */
function receive(tracer: Tracer, frame: DownEvent, take: () => void): void {
  const spans = frame.op === 'changes' ? spansOf(tracer, frame.channel, frame.changes) : []
  try {
    take()
  } finally {
    for (const span of spans) span.end()
  }
}

function spansOf(tracer: Tracer, channel: string, changes: readonly Change[]): Span[] {
  const traces = new Set(changes.flatMap((change) => change.trace ?? []))
  return [...traces].map((traceparent) => {
    const [, traceId = '', spanId = '', flags = '0'] = traceparent.split('-')
    const location = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true }
    const attributes = channelAttributes(channel, 'receive', 'receive')
    const parent = trace.setSpanContext(ROOT_CONTEXT, location)
    return tracer.startSpan(`receive ${channelTemplate(channel)}`, { kind: SpanKind.CONSUMER, attributes }, parent)
  })
}
