/** Requests and replies of the routes for records: pages, batches and searches. */
import Type, { type Static } from 'typebox'
import { writeOptions, writeTarget } from '../frames/write.ts'
import { nullable } from '../nullable.ts'
import { AnyRecord, LiveRecord } from '../records/record.ts'

export const Page = Type.Object({
  records: Type.Array(LiveRecord, { description: 'The records of this page.' }),
  cursor: nullable(
    Type.String({ description: 'The cursor to follow the log from; null: the records were found by a search.' }),
  ),
  before: nullable(Type.Integer({ description: 'The `before` parameter of the page of earlier records; null: none.' })),
  after: nullable(Type.Integer({ description: 'The `after` parameter of the page of later records; null: none.' })),
})
export interface Page<Data = unknown> {
  records: LiveRecord<Data>[]
  cursor: string | null
  before: number | null
  after: number | null
}

export const BatchWrite = Type.Object(
  {
    op: Type.Union(
      [
        Type.Literal('create'),
        Type.Literal('put'),
        Type.Literal('patch'),
        Type.Literal('append'),
        Type.Literal('delete'),
      ],
      { description: 'The kind of write.' },
    ),
    ...writeTarget,
    recordId: Type.Optional(
      Type.String({ description: "The record's id; absent: with `create`, for which the server makes the id." }),
    ),
    data: Type.Optional(
      Type.Unknown({
        description:
          "The record's data; with `patch`, a JSON merge patch (RFC 7396); with `append`, a list of what is appended; absent: with `delete`.",
      }),
    ),
    ...writeOptions,
  },
  { additionalProperties: false },
)
export type BatchWrite = Static<typeof BatchWrite>

export const Batch = Type.Object({
  writes: Type.Array(Type.Unknown(), { description: 'The writes; each is checked on its own, as a `BatchWrite`.' }),
})

export const BatchReply = Type.Object({
  results: Type.Array(
    Type.Object({
      status: Type.Integer({ description: 'The HTTP status that the write would have had alone.' }),
      record: Type.Optional(AnyRecord),
      at: Type.Optional(Type.String({ description: 'The position of the write in the log: `<epoch>.<revision>`.' })),
      error: Type.Optional(Type.Unknown({ description: 'With a refused write: its problem document (RFC 9457).' })),
    }),
    { description: 'One result for each write, in the order of the writes.' },
  ),
})
export type BatchReply = Static<typeof BatchReply>

/** An excerpt of a field in which a search found its words. */
export const Snippet = Type.Object({
  text: Type.String({ description: 'The excerpt: at most 160 UTF-16 code units.' }),
  marks: Type.Array(Type.Array(Type.Integer({ minimum: 0 }), { minItems: 2, maxItems: 2 }), {
    description: 'Where the words are in `text`: pairs of start (included) and end (excluded), in UTF-16 code units.',
  }),
})

export const SearchHit = Type.Object({
  channel: Type.String({ description: 'The name of the channel.' }),
  collection: Type.String({ description: 'The name of the collection.' }),
  record: LiveRecord,
  snippet: Snippet,
})

export const SearchReply = Type.Object({
  hits: Type.Array(SearchHit, { description: 'The records found, the newest first.' }),
  after: nullable(Type.String({ description: 'The `after` parameter of the next page; null: this is the last page.' })),
  complete: Type.Optional(
    Type.Boolean({
      description:
        'false: not every channel that the caller may read was searched, or records are still being indexed anew; absent: all were.',
    }),
  ),
})
export type SearchReply = Static<typeof SearchReply>
