/** Request and reply of the route that explains what somebody may do in a channel. */
import Type, { type Static } from 'typebox'
import { nullable } from '../nullable.ts'

/** One of these words. */
const words = <const Words extends readonly string[]>(all: Words, description: string) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: [...all], description })

const roles = ['anonymous', 'guest', 'user', 'service', 'admin'] as const
const memberRoles = ['owner', 'moderator', 'member', 'banned'] as const
const actions = [
  ...([
    'read',
    'signal',
    'upload files',
    'create channel',
    'delete channel',
    'import and export',
    'be present',
    'show a state',
  ] as const),
  ...(['create', 'edit of own', 'edit of others', 'delete of own', 'delete of others'] as const),
  ...(['invite', 'appoint a moderator', 'leave'] as const),
] as const
const causes = ['own_feed', 'grant', 'private', 'ban', 'mute', 'role', 'membership', 'rule'] as const

export const AskedGrant = Type.Object({
  channel: Type.String({ description: 'A channel pattern; `*` stands for any characters.' }),
  can: Type.Array(words(['read', 'write', 'signal', 'manage'], 'A right.'), { description: 'The rights.' }),
})

export const RightsRequest = Type.Object(
  {
    channel: Type.String({ description: 'The channel.' }),
    user: Type.Optional(Type.String({ description: 'Whose rights; absent: those of a caller without a token.' })),
    role: Type.Optional(words(['guest', 'user', 'service', 'admin'], 'The role of the token; absent: `user`.')),
    grants: Type.Optional(Type.Array(AskedGrant, { maxItems: 100, description: 'The grants of the token.' })),
  },
  { additionalProperties: false },
)
export type RightsRequest = Static<typeof RightsRequest>

export const ExplainedRight = Type.Object({
  action: words(actions, 'What is to be done.'),
  collection: Type.Optional(Type.String({ description: 'In which collection; absent: with the channel as a whole.' })),
  allowed: Type.Boolean({ description: 'Whether the caller may.' }),
  cause: words(
    causes,
    "What decided: the user's own feed, a grant or the role of the token, the privacy of the channel, a ban, a mute, the membership, or a rule of the configuration.",
  ),
  because: Type.String({ description: 'The same in a sentence, for people.' }),
})

export const RightsReply = Type.Object({
  channel: Type.String({ description: 'The channel.' }),
  user: nullable(Type.String({ description: 'Whose rights; null: those of a caller without a token.' })),
  role: words(roles, 'The role of the token.'),
  exists: Type.Boolean({ description: 'Whether the channel exists; one that does not reads as an empty one.' }),
  visibility: words(['public', 'private'], 'Whether only members may know of the channel.'),
  member: nullable(words(memberRoles, 'The membership of the user; null: none.')),
  mutedUntil: nullable(Type.String({ description: 'ISO 8601, UTC; null: not muted.' })),
  rights: Type.Array(ExplainedRight, { description: 'One for each thing that can be done.' }),
})
export type RightsReply = Static<typeof RightsReply>
