/** Requests and replies of the routes about everything that is kept of one person. */
import Type, { type Static } from 'typebox'
import { after, looked } from './steps.ts'
import { ExportedRecord } from './transfer.ts'
import { Profile } from './users.ts'

export const OwnedChannel = Type.Object({
  channel: Type.String({ description: 'The name of the channel.' }),
  read: Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'The `pos` of the last record that the user has read.',
  }),
})

export const OwnedRecord = Type.Object({
  channel: Type.String({ description: 'The name of the channel.' }),
  record: ExportedRecord,
})

export const PersonData = Type.Object({
  user: Type.String({ description: 'The name of the user.' }),
  profile: Type.Optional(Profile),
  channels: Type.Array(OwnedChannel, {
    description: 'With the first step: the channels that the user is a member of or has read.',
  }),
  records: Type.Array(OwnedRecord, {
    description: 'Records that the user wrote or deleted, and memberships of the user.',
  }),
  looked,
  after,
})
export type PersonData = Static<typeof PersonData>

/** What is kept of a user besides records. */
export const UserAccount = Type.Object({
  profile: Type.Optional(Profile),
  channels: Type.Array(OwnedChannel, { description: 'The channels that the user is a member of or has read.' }),
})
export type UserAccount = Static<typeof UserAccount>

/** A file that the user uploaded. */
export const OwnedFile = Type.Object({
  id: Type.String({ description: 'The id of the file.' }),
  channel: Type.String({ description: 'The name of the channel.' }),
  name: Type.String({ description: 'The name of the file.' }),
  type: Type.String({ description: 'The media type.' }),
  size: Type.Integer({ description: 'In bytes.' }),
  createdAt: Type.String({ description: 'When it was announced: ISO 8601, UTC.' }),
  referred: Type.Boolean({ description: 'Whether a record refers to it; else it is removed after an hour.' }),
  url: Type.Optional(
    Type.String({
      description: 'Where its bytes are read without a token, absolute or relative; absent: they never came.',
    }),
  ),
  expiresAt: Type.Optional(Type.String({ description: 'Until when the address is good: ISO 8601, UTC.' })),
})

export const OwnedFiles = Type.Object({
  user: Type.String({ description: 'The name of the user.' }),
  files: Type.Array(OwnedFile, { description: 'Files that the user uploaded, in all channels.' }),
  after,
})
export type OwnedFiles = Static<typeof OwnedFiles>

export const ErasureReply = Type.Object({
  erased: Type.Integer({
    description: 'Records that this step has deleted, and tombstones that it has made nameless.',
  }),
  looked,
  after,
})
export type ErasureReply = Static<typeof ErasureReply>
