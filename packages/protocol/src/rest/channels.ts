/** Requests and replies of the routes for channels and own channels. */
import Type, { type Static } from 'typebox'
import { nullable } from '../nullable.ts'

/** What files a channel takes. */
export const TakenFiles = Type.Object(
  {
    types: Type.Array(Type.String(), { description: 'The media types, such as `application/pdf` or `image/*`.' }),
    bytes: Type.Integer({ description: 'The most bytes of one file.' }),
  },
  { description: 'What files the channel takes; absent: none.' },
)
export type TakenFiles = Static<typeof TakenFiles>

export const ChannelDescription = Type.Object({
  name: Type.String({ description: 'The name of the channel.' }),
  namespace: Type.String({ description: "The part of the channel's name before the first colon." }),
  epoch: nullable(Type.String({ description: 'The epoch of the log; null: nobody has written to the channel.' })),
  head: Type.Integer({ description: 'The newest revision of the log; 0: nobody has written to the channel.' }),
  cursor: Type.String({ description: 'The cursor to continue from: `<epoch>.<revision>`, or `0`.' }),
  collections: Type.Array(Type.String(), { description: 'The names of the collections that the channel may have.' }),
  readers: Type.Integer({ description: 'The number of connections that follow the channel, on all nodes.' }),
  createdAt: Type.Optional(
    nullable(Type.String({ description: 'When the channel was created: ISO 8601, UTC, in milliseconds.' })),
  ),
  visibility: Type.Optional(Type.String({ description: '`public` or `private`.' })),
  title: Type.Optional(Type.String({ description: 'The title of the channel, for people.' })),
  files: Type.Optional(TakenFiles),
})
export type ChannelDescription = Static<typeof ChannelDescription>

export const ChannelList = Type.Object({
  channels: Type.Array(ChannelDescription, { description: 'The channels of this page, by name.' }),
  after: nullable(Type.String({ description: 'The `after` parameter of the next page; null: this is the last page.' })),
})
export type ChannelList = Static<typeof ChannelList>

export const PutChannel = Type.Object({
  visibility: Type.Optional(
    Type.Union([Type.Literal('public'), Type.Literal('private')], {
      description:
        '`private`: only members may read the channel; `public`: whoever the policy of its namespace allows.',
    }),
  ),
  title: Type.Optional(
    Type.String({ minLength: 1, maxLength: 200, description: 'The title of the channel, for people.' }),
  ),
})
export type PutChannel = Static<typeof PutChannel>

export const MyChannel = Type.Object({
  channel: Type.String({ description: 'The name of the channel.' }),
  name: Type.String({ description: 'The name of the channel.' }),
  namespace: Type.String({ description: "The part of the channel's name before the first colon." }),
  epoch: Type.String({ description: 'The epoch of the log.' }),
  head: Type.Integer({ description: 'The newest revision of the log; 0: nobody has written to the channel.' }),
  cursor: Type.String({ description: 'The cursor to continue from: `<epoch>.<revision>`, or `0`.' }),
  visibility: Type.String({ description: '`public` or `private`.' }),
  title: Type.Optional(Type.String({ description: 'The title of the channel, for people.' })),
  read: Type.Integer({ description: 'The `pos` of the last record that the caller has read.' }),
  unread: Type.Integer({
    maximum: 100,
    description: 'The number of messages by others after the read marker; 100 means 100 or more.',
  }),
})
export type MyChannel = Static<typeof MyChannel>

export const MyChannelList = Type.Object({
  channels: Type.Array(MyChannel, { description: 'The channels of this page.' }),
  after: nullable(Type.String({ description: 'The `after` parameter of the next page; null: this is the last page.' })),
})
export type MyChannelList = Static<typeof MyChannelList>

/** Moves the read marker to this `pos`, never backwards. */
export const ReadMark = Type.Object({
  read: Type.Integer({ minimum: 0, description: 'The `pos` of the last record that the caller has read.' }),
})
export type ReadMark = Static<typeof ReadMark>
