import type { SpanAttributes } from '../../ports/tracing/tracing.ts'

/** What spans name a channel by: its namespace, since the rest of its name may name users. */
export function templateOf(channel: string): string {
  const colon = channel.indexOf(':')
  return colon < 0 ? channel : `${channel.slice(0, colon)}:{name}`
}

export type MessagingOperation = 'send' | 'receive' | 'process'

/** The attributes of a span that is about a channel, by the conventions for messaging. */
export function channelAttributes(channel: string, name: string, type?: MessagingOperation): SpanAttributes {
  return {
    'messaging.system': 'dovetail',
    'messaging.destination.template': templateOf(channel),
    'messaging.operation.name': name,
    ...(type === undefined ? {} : { 'messaging.operation.type': type }),
  }
}
