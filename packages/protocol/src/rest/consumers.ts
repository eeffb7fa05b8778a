/** Requests and replies of the routes of consumers, whose position the server keeps. */
import Type, { type Static } from 'typebox'
import { nullable } from '../nullable.ts'
import { FollowedChannel, FollowedEnd } from './following.ts'

const start = Type.Union([Type.Literal('beginning'), Type.Literal('now')], {
  description: '`beginning`: every channel from its beginning; `now`: what comes from now on.',
})
const lease = Type.String({ description: 'The `lease` of the page.' })
const pattern = Type.String({
  description: 'The name of a channel, or the beginning of names with a `*` at its end.',
})

/** The body of `PUT /v1/consumers/{consumer}`. */
export const ConsumerPut = Type.Object({ pattern, from: start }, { additionalProperties: false })
export type ConsumerPut = Static<typeof ConsumerPut>

export const Consumer = Type.Object({
  name: Type.String({ description: 'The name of the consumer.' }),
  pattern,
  createdAt: Type.String({ description: 'When the consumer was made: ISO 8601, UTC.' }),
})
export type Consumer = Static<typeof Consumer>

export const ConsumerList = Type.Object({
  consumers: Type.Array(Consumer, { description: 'All consumers, in the order of their names.' }),
})
export type ConsumerList = Static<typeof ConsumerList>

export const ConsumerWorker = Type.Object({
  worker: Type.String({ description: 'The name that the worker gave itself.' }),
  channels: Type.Integer({ minimum: 1, description: 'How many channels it holds.' }),
})
export type ConsumerWorker = Static<typeof ConsumerWorker>

export const ConsumerReport = Type.Object({
  ...Consumer.properties,
  channels: Type.Integer({ minimum: 0, description: 'How many channels match the pattern.' }),
  behind: Type.Integer({ minimum: 0, description: 'How many of them have something that is not acknowledged.' }),
  lag: Type.Integer({ minimum: 0, description: 'How many revisions are not acknowledged, of all channels together.' }),
  workers: Type.Array(ConsumerWorker, { description: 'Who holds channels now, in the order of the names.' }),
})
export type ConsumerReport = Static<typeof ConsumerReport>

/** The body of `POST /v1/consumers/{consumer}/next`. */
export const ConsumerNext = Type.Object(
  { worker: Type.String({ description: 'The name of the worker, for people: letters, digits, `_`, `.`, `-`.' }) },
  { additionalProperties: false },
)
export type ConsumerNext = Static<typeof ConsumerNext>

const cursor = Type.String({ description: 'To acknowledge when all of this is done.' })
export const ConsumedChannel = Type.Object({
  ...FollowedChannel.properties,
  cursor,
  floor: Type.Optional(
    Type.Integer({
      description: 'Where the changes begin below what was purged from the log: up to which revision it was.',
    }),
  ),
})
export type ConsumedChannel = Static<typeof ConsumedChannel>

export const ConsumedEnd = Type.Object({ ...FollowedEnd.properties, cursor })
export type ConsumedEnd = Static<typeof ConsumedEnd>

export const ConsumedPage = Type.Object({
  lease: nullable(Type.String({ description: 'Under which the channels are held; null: there are none.' })),
  leaseSeconds: Type.Number({ description: 'How long they are held, unless the lease is renewed.' }),
  channels: Type.Array(Type.Union([ConsumedChannel, ConsumedEnd]), {
    description: 'For each channel with something new: its changes, or its end.',
  }),
  more: Type.Boolean({ description: 'Whether there may be more at once.' }),
})
export type ConsumedPage = Static<typeof ConsumedPage>

export const AcknowledgedChannel = Type.Object(
  {
    channel: Type.String({ description: 'The name of the channel.' }),
    cursor: Type.String({
      description:
        'The `cursor` that came with the channel; or `epoch.rev` of one of its changes, `epoch.rev~floor` where it came with a `floor`.',
    }),
    keep: Type.Optional(Type.Boolean({ description: 'Whether the channel stays held; absent: it is freed.' })),
  },
  { additionalProperties: false },
)

/** The body of `POST /v1/consumers/{consumer}/acknowledge`. */
export const ConsumerAcknowledge = Type.Object(
  { lease, channels: Type.Array(AcknowledgedChannel, { description: 'What is done.' }) },
  { additionalProperties: false },
)
export type ConsumerAcknowledge = Static<typeof ConsumerAcknowledge>

export const ReleasedChannel = Type.Object(
  {
    channel: Type.String({ description: 'The name of the channel.' }),
    delaySeconds: Type.Optional(
      Type.Number({ minimum: 0, maximum: 2_592_000, description: 'How long no worker gets the channel; absent: 0.' }),
    ),
  },
  { additionalProperties: false },
)

/** The body of `POST /v1/consumers/{consumer}/release`. */
export const ConsumerRelease = Type.Object(
  { lease, channels: Type.Array(ReleasedChannel, { description: 'What is not done, and is to be given again.' }) },
  { additionalProperties: false },
)
export type ConsumerRelease = Static<typeof ConsumerRelease>

/** The body of `POST /v1/consumers/{consumer}/renew`. */
export const ConsumerRenew = Type.Object({ lease }, { additionalProperties: false })
export type ConsumerRenew = Static<typeof ConsumerRenew>

/** The body of `POST /v1/consumers/{consumer}/reset`. */
export const ConsumerReset = Type.Object({ to: start }, { additionalProperties: false })
export type ConsumerReset = Static<typeof ConsumerReset>
