/** The forms of a record on every transport: live, the tombstone of a deleted one, or live without its data. */
import Type, { type Static } from 'typebox'

export const Revision = Type.Integer({
  minimum: 1,
  description: "A revision of the channel's log: `pos` is the one that made the record, `rev` that of its last change.",
})

const described = {
  id: Type.String({ description: "The record's id, unique in its collection." }),
  pos: Revision,
  rev: Revision,
  author: Type.String({ description: 'The name of the user who created the record.' }),
  createdAt: Type.String({ description: 'When the record was created: ISO 8601, UTC, in milliseconds.' }),
  updatedAt: Type.String({ description: 'When the record last changed: ISO 8601, UTC, in milliseconds.' }),
}

/** A record that is not deleted. */
export const LiveRecord = Type.Object({
  ...described,
  data: Type.Unknown({ description: "The record's data: any JSON that fits the collection's schema." }),
})
export type LiveRecord<Data = unknown> = Omit<Static<typeof LiveRecord>, 'data'> & { data: Data; deleted?: undefined }

/** What remains of a deleted record: no data, but its id and its revisions. */
export const Tombstone = Type.Object({
  id: Type.String({ description: "The record's id, unique in its collection." }),
  pos: Revision,
  rev: Revision,
  // A plain boolean, because code that generators make of a constant does not compile (Java) or fails (Python).
  deleted: Type.Unsafe<true>({ type: 'boolean', description: 'Always true; set on tombstones only.' }),
})
export type Tombstone = Static<typeof Tombstone>

/** A record whose data does not fit the messages that the client takes (`maxBytes`): it is read by REST. */
export const TruncatedRecord = Type.Object({
  ...described,
  truncated: Type.Unsafe<true>({
    type: 'boolean',
    description: 'Always true: the data does not fit the `maxBytes` of the client, which reads the record by REST.',
  }),
})
export type TruncatedRecord = Static<typeof TruncatedRecord>

export const AnyRecord = Type.Union([Tombstone, LiveRecord])
export type AnyRecord<Data = unknown> = LiveRecord<Data> | Tombstone

/** A record as it is sent over a WebSocket or an event stream. */
export const SentRecord = Type.Union([Tombstone, LiveRecord, TruncatedRecord])
