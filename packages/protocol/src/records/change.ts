/** One change of a channel's log, as every transport sends it. */
import Type from 'typebox'
import { AnyRecord, SentRecord } from './record.ts'

/** Where the trace of a change goes on, for readers that asked for `traces`. */
export const changeTrace = Type.Optional(
  Type.String({
    description: 'The `traceparent` (W3C Trace Context) of the delivery of this change; absent: it is not traced.',
  }),
)

/** The record after the change, or its tombstone; the revision of the change is `record.rev`. */
export const Change = Type.Object({
  collection: Type.String({ description: 'The name of the collection.' }),
  record: AnyRecord,
  trace: changeTrace,
})
export interface Change<Data = unknown> {
  collection: string
  record: AnyRecord<Data>
  trace?: string
}

/**
 * A change as it is sent over a WebSocket or an event stream. The type is that of a client that names no `maxBytes`, and
 * so is sent no truncated record.
 */
export const SentChange = Type.Object({
  collection: Type.String({ description: 'The name of the collection.' }),
  record: Type.Unsafe<AnyRecord>(SentRecord),
  trace: changeTrace,
})
