/** Requests and replies of the routes for files. */
import Type, { type Static } from 'typebox'

const pixels = (side: string) =>
  Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100_000, description: `The ${side} of an image or a video, in pixels.` }),
  )

/** What is said of a file, by whoever uploads it and by the records that refer to it. */
const fileFacts = {
  name: Type.String({
    minLength: 1,
    maxLength: 255,
    pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f/\\\\]+$',
    description: 'The name of the file, for people: without control characters, `/` and `\\`.',
  }),
  type: Type.String({
    maxLength: 127,
    pattern: '^[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*$',
    description: 'The media type, in lower case and without parameters, such as `image/png`.',
  }),
  size: Type.Integer({ minimum: 1, description: 'The size of the file, in bytes.' }),
  width: pixels('width'),
  height: pixels('height'),
}

export const FileRequest = Type.Object(fileFacts, { additionalProperties: false })
export type FileRequest = Static<typeof FileRequest>

/**
 * How the data of a record refers to a file of its channel. What it repeats of the announcement lets readers know it
 * before they load the file.
 */
export const FileReference = Type.Object({
  id: Type.String({ pattern: '^[0-9a-f]{32}$', description: 'The id of the file.' }),
  ...fileFacts,
  alt: Type.Optional(Type.String({ maxLength: 1000, description: 'What an image shows, in words.' })),
})
export type FileReference = Static<typeof FileReference>

const url = (of: string) => Type.String({ description: `${of}, absolute or relative to the address of this reply.` })
const expiresAt = Type.String({ description: 'Until when the address is good: ISO 8601, UTC.' })

/** The request that uploads the bytes of a file. */
export const FileUpload = Type.Object({
  method: Type.Literal('PUT', { description: 'The method of the request.' }),
  url: url('Where the bytes are sent, without a token'),
  headers: Type.Record(Type.String(), Type.String(), { description: 'The headers to send with the bytes.' }),
})
export type FileUpload = Static<typeof FileUpload>

export const NewFile = Type.Object({
  id: Type.String({ description: 'The id of the file, by which a record refers to it.' }),
  url: url('Where the file is read once it is uploaded'),
  upload: FileUpload,
  expiresAt,
})
export type NewFile = Static<typeof NewFile>

export const FileAddress = Type.Object({
  url: url('Where the file is read without a token'),
  expiresAt,
})
export type FileAddress = Static<typeof FileAddress>
