/**
 * The writes. Each gets one reply, after its commit: the record (after a delete, its tombstone; after an append, none)
 * and its position `at`. The writer's own subscriptions receive the change as all others do; the reply and the change may arrive in
 * either order.
 */
import Type, { type Static } from 'typebox'
import { Appends } from '../records/append.ts'
import { type AnyRecord, SentRecord } from '../records/record.ts'
import { command } from './frame.ts'

/** Where every write goes, over a socket and in a batch. */
export const writeTarget = {
  channel: Type.String({ description: 'The name of the channel.' }),
  collection: Type.String({ description: 'The name of the collection.' }),
}
/** What every write may say, over a socket and in a batch. */
export const writeOptions = {
  ifRev: Type.Optional(
    Type.Integer({ minimum: 0, description: 'The revision that the record must have; 0: the record must not exist.' }),
  ),
  key: Type.Optional(
    Type.String({ description: 'An idempotency key: a write that is sent again with the same key is applied once.' }),
  ),
  author: Type.Optional(
    Type.String({
      description: 'The user who becomes the author; absent: the caller. Only `service` callers may set it.',
    }),
  ),
}

const onRecord = {
  ...writeTarget,
  recordId: Type.String({ description: "The record's id." }),
  ...writeOptions,
}

export const Create = command('create', {
  ...writeTarget,
  data: Type.Unknown({ description: "The record's data: any JSON that fits the collection's schema." }),
  key: writeOptions.key,
  author: writeOptions.author,
})
export type Create = Static<typeof Create>

export const Put = command('put', {
  ...onRecord,
  data: Type.Unknown({ description: "The record's data: any JSON that fits the collection's schema." }),
})
export type Put = Static<typeof Put>

export const Patch = command('patch', {
  ...onRecord,
  data: Type.Unknown({ description: "A JSON merge patch (RFC 7396) of the record's data: `null` removes a member." }),
})
export type Patch = Static<typeof Patch>

export const Append = command('append', { ...onRecord, data: Appends })
export type Append = Static<typeof Append>

export const Delete = command('delete', onRecord)
export type Delete = Static<typeof Delete>

const at = Type.String({ description: 'The position of the write in the log: `<epoch>.<revision>`.' })

/** Without the record, which may be long: who appends knows what was added. */
export const AppendOk = Type.Object({ at })
export type AppendOk = Static<typeof AppendOk>

export const WriteOk = Type.Object({
  record: Type.Unsafe<AnyRecord>(SentRecord),
  at,
})
export type WriteOk = Static<typeof WriteOk>
