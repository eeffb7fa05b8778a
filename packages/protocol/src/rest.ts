/** Requests and replies of the REST routes. The OpenAPI document is made from these. */
import Type, { type Static } from 'typebox'
import { Change } from './change.ts'
import { FieldError } from './down.ts'
import { PresentUser, ResetReason } from './frames/subscribe.ts'
import { AnyRecord, LiveRecord } from './record.ts'

/** RFC 9457. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.String(),
  retryAfter: Type.Optional(Type.Number()),
  errors: Type.Optional(Type.Array(FieldError)),
  current: Type.Optional(Type.Unknown()),
  reason: Type.Optional(ResetReason),
  cursor: Type.Optional(Type.String()),
  requestId: Type.Optional(Type.String()),
})
export type Problem = Static<typeof Problem>

const nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()])

export const ChannelDescription = Type.Object({
  name: Type.String(),
  namespace: Type.String(),
  epoch: nullable(Type.String()),
  head: Type.Integer(),
  cursor: Type.String(),
  collections: Type.Array(Type.String()),
  readers: Type.Integer(),
  createdAt: Type.Optional(nullable(Type.String())),
  visibility: Type.Optional(Type.String()),
  title: Type.Optional(Type.String()),
})
export type ChannelDescription = Static<typeof ChannelDescription>

export const ChannelList = Type.Object({
  channels: Type.Array(ChannelDescription),
  after: nullable(Type.String()),
})
export type ChannelList = Static<typeof ChannelList>

export const PutChannel = Type.Object({
  visibility: Type.Optional(Type.Union([Type.Literal('public'), Type.Literal('private')])),
  title: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
})
export type PutChannel = Static<typeof PutChannel>

export const Page = Type.Object({
  records: Type.Array(LiveRecord),
  cursor: nullable(Type.String()),
  before: nullable(Type.Integer()),
  after: nullable(Type.Integer()),
})
export interface Page<Data = unknown> {
  records: LiveRecord<Data>[]
  cursor: string | null
  before: number | null
  after: number | null
}

export const ChangesReply = Type.Object({
  channel: Type.String(),
  from: Type.Integer(),
  to: Type.Integer(),
  cursor: Type.String(),
  changes: Type.Array(Change),
  more: Type.Boolean(),
})
export type ChangesReply = Static<typeof ChangesReply>

export const BatchWrite = Type.Object({
  op: Type.Union([Type.Literal('create'), Type.Literal('put'), Type.Literal('patch'), Type.Literal('delete')]),
  channel: Type.String(),
  collection: Type.String(),
  recordId: Type.Optional(Type.String()),
  data: Type.Optional(Type.Unknown()),
  ifRev: Type.Optional(Type.Integer({ minimum: 0 })),
  key: Type.Optional(Type.String()),
  author: Type.Optional(Type.String()),
})
export type BatchWrite = Static<typeof BatchWrite>

export const Batch = Type.Object({ writes: Type.Array(Type.Unknown()) })

export const BatchReply = Type.Object({
  results: Type.Array(
    Type.Object({
      status: Type.Integer(),
      record: Type.Optional(AnyRecord),
      at: Type.Optional(Type.String()),
      error: Type.Optional(Type.Unknown()),
    }),
  ),
})
export type BatchReply = Static<typeof BatchReply>

export const Profile = Type.Object({
  user: Type.String(),
  name: Type.String(),
  avatar: Type.Optional(Type.String()),
  about: Type.Optional(Type.String()),
  guest: Type.Boolean(),
})
export type Profile = Static<typeof Profile>

export const Me = Type.Object({ ...Profile.properties, rights: Type.Unknown() })
export type Me = Static<typeof Me>

export const GuestRequest = Type.Object({ name: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })) })
export const Guest = Type.Object({
  user: Type.String(),
  name: Type.String(),
  token: Type.String(),
  expiresAt: Type.String(),
})
export type Guest = Static<typeof Guest>

export const PresencePage = Type.Object({
  users: Type.Array(Type.Object({ ...PresentUser.properties, connections: Type.Integer() })),
  next: nullable(Type.String()),
})
export type PresencePage = Static<typeof PresencePage>
