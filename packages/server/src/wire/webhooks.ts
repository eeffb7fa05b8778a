/** Builds the bodies of webhooks' requests. */
import type { WebhookEndEvent, WebhookRecordEvent, WebhookResetEvent, WebhookTestEvent } from 'dovetail-protocol'
import type { StoredRecord } from '../ports/stored-record.ts'
import { encodeJson, type JsonText } from './json-text.ts'
import { encodeRecord } from './record.ts'

export interface RecordEventMembers {
  readonly type: WebhookRecordEvent['type']
  readonly channel: string
  readonly epoch: string
  readonly record: StoredRecord
}

export function encodeRecordEvent({ type, channel, epoch, record }: RecordEventMembers): JsonText<WebhookRecordEvent> {
  const timestamp = new Date(record.updatedAt).toISOString()
  const address = `"channel":"${channel}","epoch":"${epoch}","rev":${record.rev},"collection":"${record.collection}"`
  const data = `{${address},"record":${encodeRecord(record)}}`
  return `{"type":"${type}","timestamp":"${timestamp}","data":${data}}` as JsonText<WebhookRecordEvent>
}

type Members<Event extends { readonly data: object }> = Event['data'] & { readonly at: number }

export function encodeResetEvent({ at, ...data }: Members<WebhookResetEvent>): JsonText<WebhookResetEvent> {
  return encodeJson<WebhookResetEvent>({ type: 'channel.reset', timestamp: new Date(at).toISOString(), data })
}

export function encodeEndEvent({
  type,
  at,
  channel,
}: Members<WebhookEndEvent> & Pick<WebhookEndEvent, 'type'>): JsonText<WebhookEndEvent> {
  return encodeJson<WebhookEndEvent>({ type, timestamp: new Date(at).toISOString(), data: { channel } })
}

export function encodeTestEvent({ at, webhook }: Members<WebhookTestEvent>): JsonText<WebhookTestEvent> {
  return encodeJson<WebhookTestEvent>({
    type: 'webhook.test',
    timestamp: new Date(at).toISOString(),
    data: { webhook },
  })
}
