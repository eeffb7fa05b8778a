/** Requests and replies of the routes that move records in and out as they are, with their dates and authors. */
import Type, { type Static } from 'typebox'
import { nullable } from '../nullable.ts'
import { Revision } from '../records/record.ts'

const date = (description: string) =>
  Type.String({
    pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)$',
    description,
  })

/** A record to import. */
export const ImportedRecord = Type.Object({
  collection: Type.String({ description: 'The name of the collection.' }),
  id: Type.Optional(Type.String({ description: "The record's id; absent: made of the data, or of `key`." })),
  key: Type.Optional(
    Type.String({ description: 'The id of a record without `id`, where the collection makes none of the data.' }),
  ),
  author: Type.Optional(Type.String({ description: 'The user who wrote the record; absent: the caller.' })),
  createdAt: Type.Optional(date('When the record was created: ISO 8601 with a time zone; absent: now.')),
  updatedAt: Type.Optional(
    date('When the record last changed: ISO 8601 with a time zone; absent: when it was created.'),
  ),
  deleted: Type.Optional(Type.Boolean({ description: 'true: the record is a tombstone, without data.' })),
  deletedBy: Type.Optional(
    Type.String({ description: 'With `deleted`: the user who deleted the record; empty: a caller without identity.' }),
  ),
  data: Type.Optional(Type.Unknown({ description: "The record's data, an object; absent: with `deleted`." })),
  pos: Type.Optional(Revision),
  rev: Type.Optional(Revision),
})
export type ImportedRecord = Static<typeof ImportedRecord>

export const ImportBatch = Type.Object({
  records: Type.Array(Type.Unknown(), {
    description: 'The records, in order; each is checked on its own, as an `ImportedRecord`.',
  }),
  visibility: Type.Optional(
    Type.Union([Type.Literal('public'), Type.Literal('private')], {
      description: 'The visibility of the channel, where the import makes it.',
    }),
  ),
  title: Type.Optional(
    Type.String({ description: 'The title of the channel, where the import makes it: 1 to 200 characters.' }),
  ),
  createdAt: Type.Optional(date('When the channel was created, where the import makes it.')),
  head: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        'With records that keep their `pos` and `rev`: the head that the log has at least afterwards; up to 2^52.',
    }),
  ),
})
export type ImportBatch = Static<typeof ImportBatch>

export const ImportResult = Type.Object({
  status: Type.Union([Type.Literal('created'), Type.Literal('kept'), Type.Literal('refused')], {
    description: '`kept`: a record of this id, or this revision of the log, is there already; nothing was written.',
  }),
  id: Type.Optional(Type.String({ description: "The record's id; absent: the record was refused." })),
  error: Type.Optional(Type.Unknown({ description: 'With `refused`: the problem document (RFC 9457).' })),
})

export const ImportReply = Type.Object({
  results: Type.Array(ImportResult, { description: 'One result for each record, in the order of the records.' }),
  at: Type.String({ description: 'The position of the import in the log: `<epoch>.<revision>`.' }),
})
export type ImportReply = Static<typeof ImportReply>

/** A record as it is exported: an `ImportedRecord` that keeps its place. */
export const ExportedRecord = Type.Object({
  collection: Type.String({ description: 'The name of the collection.' }),
  id: Type.String({ description: "The record's id, unique in its collection." }),
  pos: Revision,
  rev: Revision,
  author: Type.String({ description: 'The name of the user who created the record.' }),
  createdAt: Type.String({ description: 'When the record was created: ISO 8601, UTC, in milliseconds.' }),
  updatedAt: Type.String({ description: 'When the record last changed: ISO 8601, UTC, in milliseconds.' }),
  deleted: Type.Optional(Type.Boolean({ description: 'true: the record is a tombstone, without data.' })),
  deletedBy: Type.Optional(
    Type.String({ description: 'With `deleted`: the user who deleted the record; empty: a caller without identity.' }),
  ),
  data: Type.Optional(Type.Unknown({ description: "The record's data; absent: with `deleted`." })),
})
export type ExportedRecord = Static<typeof ExportedRecord>

export const ExportReply = Type.Object({
  channel: Type.String({ description: 'The name of the channel.' }),
  visibility: Type.String({ description: '`public` or `private`.' }),
  title: nullable(Type.String({ description: 'The title of the channel, for people.' })),
  createdAt: Type.String({ description: 'When the channel was created: ISO 8601, UTC, in milliseconds.' }),
  cursor: Type.String({ description: 'The cursor to continue from: `<epoch>.<revision>`.' }),
  head: Type.Integer({ description: 'The newest revision of the log.' }),
  records: Type.Array(ExportedRecord, { description: 'The records that changed above `after`, by `rev`.' }),
  more: Type.Boolean({ description: 'true: the next reply goes on from `cursor`.' }),
})
export type ExportReply = Static<typeof ExportReply>
