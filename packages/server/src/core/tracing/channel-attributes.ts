import { channelTemplate } from 'dovetail-protocol'
import type { SpanAttributes } from '../../ports/tracing/tracing.ts'

export type MessagingOperation = 'send' | 'receive' | 'process'

/** The attributes of a span that is about a channel, by the conventions for messaging. */
export function channelAttributes(channel: string, name: string, type?: MessagingOperation): SpanAttributes {
  return {
    'messaging.system': 'dovetail',
    'messaging.destination.template': channelTemplate(channel),
    'messaging.operation.name': name,
    ...(type === undefined ? {} : { 'messaging.operation.type': type }),
  }
}
