/** Requests and replies of the REST routes. The OpenAPI document is made from these. */
import Type, { type Static } from 'typebox'
import { Change } from './change.ts'
import { FieldError } from './down.ts'
import { Signal } from './frames/signal.ts'
import { PresentUser, ResetReason } from './frames/subscribe.ts'
import { limitTable } from './limits.ts'
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
  epoch: Type.Optional(nullable(Type.String())),
  /** Of a long-poll that asked for them: those that passed while it was parked. */
  signals: Type.Optional(Type.Array(Signal)),
})
export type ChangesReply = Static<typeof ChangesReply>

/** Why one of several channels could not be read. */
export const ChannelRefusal = Type.Object({
  channel: Type.String(),
  error: Type.Object({
    code: Type.String(),
    detail: Type.String(),
    reason: Type.Optional(ResetReason),
    cursor: Type.Optional(Type.String()),
    retryAfter: Type.Optional(Type.Number()),
  }),
})
export type ChannelRefusal = Static<typeof ChannelRefusal>

export const SeveralChangesReply = Type.Object({
  channels: Type.Array(Type.Union([ChangesReply, ChannelRefusal])),
  signals: Type.Optional(Type.Array(Signal)),
})
export type SeveralChangesReply = Static<typeof SeveralChangesReply>

/** Channels to follow, each with a cursor, or `null` for from now. */
export const FollowRequest = Type.Object({ subs: Type.Record(Type.String(), nullable(Type.String())) })
export type FollowRequest = Static<typeof FollowRequest>

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

export const Rights = Type.Object({
  role: Type.String(),
  grants: Type.Array(Type.Object({ channel: Type.String(), can: Type.Array(Type.String()) })),
})
export const Me = Type.Object({ ...Profile.properties, rights: Rights })
export type Me = Static<typeof Me>

const optionalText = (options: { maxLength: number; pattern?: string }) =>
  Type.Optional(nullable(Type.String({ minLength: 1, ...options })))

/** A merge patch (RFC 7396) of one's own profile: `null` removes. */
export const ProfilePatch = Type.Object(
  {
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    avatar: optionalText({ maxLength: 2000, pattern: '^https?://' }),
    about: optionalText({ maxLength: 2000 }),
  },
  { additionalProperties: false },
)
export type ProfilePatch = Static<typeof ProfilePatch>

export const MyChannel = Type.Object({
  channel: Type.String(),
  name: Type.String(),
  namespace: Type.String(),
  epoch: Type.String(),
  head: Type.Integer(),
  cursor: Type.String(),
  visibility: Type.String(),
  title: Type.Optional(Type.String()),
  read: Type.Integer(),
  unread: Type.Integer({ maximum: 100 }),
})
export type MyChannel = Static<typeof MyChannel>

export const MyChannelList = Type.Object({ channels: Type.Array(MyChannel), after: nullable(Type.String()) })
export type MyChannelList = Static<typeof MyChannelList>

/** Moves the read marker to this `pos`, never backwards. */
export const ReadMark = Type.Object({ read: Type.Integer({ minimum: 0 }) })
export type ReadMark = Static<typeof ReadMark>

/** A piece of the text found; `marks` are [from, to) in UTF-16 units. */
export const Snippet = Type.Object({
  text: Type.String(),
  marks: Type.Array(Type.Array(Type.Integer({ minimum: 0 }), { minItems: 2, maxItems: 2 })),
})
export const SearchReply = Type.Object({
  hits: Type.Array(
    Type.Object({ channel: Type.String(), collection: Type.String(), record: LiveRecord, snippet: Snippet }),
  ),
  after: nullable(Type.String()),
})
export type SearchReply = Static<typeof SearchReply>

/** Single-use, for 30 s, where no header can be set. */
export const Ticket = Type.Object({ ticket: Type.String(), expiresAt: Type.String() })
export type Ticket = Static<typeof Ticket>

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

/** Renews the presence of a reader that has no socket. */
export const PresenceRenewal = Type.Object({ client: Type.String(), state: Type.Optional(Type.Unknown()) })
export type PresenceRenewal = Static<typeof PresenceRenewal>

export const SignalRequest = Type.Object({ type: Type.String(), data: Type.Unknown() })
export type SignalRequest = Static<typeof SignalRequest>

/** Every limit by its name; units stand in the names. */
export const LimitValues = Type.Object(
  Object.fromEntries(
    Object.entries(limitTable).map(([name, { min, max, about }]) => [
      name,
      Type.Number({ minimum: min, maximum: max, description: about }),
    ]),
  ),
)
