/** What a webhook's receiver gets, and the requests and replies of the REST routes for webhooks. */
import Type, { type Static } from 'typebox'
import { ResetReason } from '../frames/subscribe.ts'
import { nullable } from '../nullable.ts'
import { AnyRecord } from '../records/record.ts'

const timestamp = Type.String({ description: 'When this happened: ISO 8601, UTC.' })
const channel = Type.String({ description: 'The name of the channel.' })
const epoch = Type.String({ description: 'The epoch of the log.' })

export const WebhookRecordData = Type.Object({
  channel,
  epoch,
  rev: Type.Integer({ description: 'The revision of the change in its channel.' }),
  collection: Type.String({ description: 'The name of the collection.' }),
  record: AnyRecord,
})
export type WebhookRecordData = Static<typeof WebhookRecordData>

/** A record was made, changed or deleted. */
export const WebhookRecordEvent = Type.Object({
  type: Type.Union([Type.Literal('record.created'), Type.Literal('record.changed'), Type.Literal('record.deleted')], {
    description:
      '`record.created`: the receiver has not been told of this record before; `record.deleted`: the record is a tombstone.',
  }),
  timestamp,
  data: WebhookRecordData,
})
export type WebhookRecordEvent = Static<typeof WebhookRecordEvent>

export const WebhookResetData = Type.Object({ channel, epoch, reason: ResetReason })
export type WebhookResetData = Static<typeof WebhookResetData>

/** All that the receiver has of a channel is void: its records follow from the beginning. */
export const WebhookResetEvent = Type.Object({
  type: Type.Literal('channel.reset', { description: 'What the receiver has of the channel is void.' }),
  timestamp,
  data: WebhookResetData,
})
export type WebhookResetEvent = Static<typeof WebhookResetEvent>

export const WebhookEndData = Type.Object({ channel })
export type WebhookEndData = Static<typeof WebhookEndData>

/** A channel is gone, or the server's own services may no longer read it. */
export const WebhookEndEvent = Type.Object({
  type: Type.Union([Type.Literal('channel.deleted'), Type.Literal('channel.forbidden')], {
    description: '`channel.deleted`: the channel is gone; `channel.forbidden`: services may no longer read it.',
  }),
  timestamp,
  data: WebhookEndData,
})
export type WebhookEndEvent = Static<typeof WebhookEndEvent>

export const WebhookTestData = Type.Object({
  webhook: Type.String({ description: 'The name of the webhook.' }),
})
export type WebhookTestData = Static<typeof WebhookTestData>

/** What an admin sends to see whether a receiver answers. */
export const WebhookTestEvent = Type.Object({
  type: Type.Literal('webhook.test', { description: 'Somebody tries the webhook.' }),
  timestamp,
  data: WebhookTestData,
})
export type WebhookTestEvent = Static<typeof WebhookTestEvent>

/** The body of a request to a receiver. */
export const WebhookEvent = Type.Union([WebhookRecordEvent, WebhookResetEvent, WebhookEndEvent, WebhookTestEvent])
export type WebhookEvent = Static<typeof WebhookEvent>

export const Webhook = Type.Object({
  name: Type.String({ description: 'The name of the webhook.' }),
  url: Type.String({ description: 'Where its events go, without the query.' }),
  pattern: Type.String({ description: 'The channels whose changes it gets.' }),
  endedAt: nullable(
    Type.String({ description: 'When the receiver answered 410 and so ended it: ISO 8601, UTC; null: it is active.' }),
  ),
  failingChannels: Type.Integer({ description: 'Channels whose next event was not accepted yet.' }),
  failingSince: nullable(
    Type.String({ description: 'When the oldest of these events failed first: ISO 8601, UTC; null: none fails.' }),
  ),
  deadLetters: Type.Integer({ description: 'Events that were given up, and wait to be replayed.' }),
})
export type Webhook = Static<typeof Webhook>

export const WebhookList = Type.Object({
  webhooks: Type.Array(Webhook, { description: 'The webhooks of the configuration, in its order.' }),
})
export type WebhookList = Static<typeof WebhookList>

/** An event that was given up. */
export const DeadLetter = Type.Object({
  id: Type.String({ description: 'The `webhook-id` of the event.' }),
  type: Type.String({ description: 'The type of the event.' }),
  channel,
  attempts: Type.Integer({ description: 'How often it was sent.' }),
  failedAt: Type.String({ description: 'When it failed first: ISO 8601, UTC.' }),
  givenUpAt: Type.String({ description: 'When it was given up: ISO 8601, UTC.' }),
  reason: Type.String({ description: 'Why the last attempt failed.' }),
})
export type DeadLetter = Static<typeof DeadLetter>

export const DeadLetterList = Type.Object({
  failed: Type.Array(DeadLetter, { description: 'The events that were given up, the oldest first.' }),
  more: Type.Boolean({ description: 'Whether there are more after the last of these.' }),
})
export type DeadLetterList = Static<typeof DeadLetterList>

/** What came of one request to a receiver. */
export const WebhookDelivery = Type.Object({
  id: Type.String({ description: 'The `webhook-id` that was sent.' }),
  accepted: Type.Boolean({ description: 'Whether the receiver answered with a status of 200 to 299.' }),
  result: Type.String({ description: 'Its answer, or why there was none.' }),
})
export type WebhookDelivery = Static<typeof WebhookDelivery>
