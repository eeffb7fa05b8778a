import type { IncomingMessage } from 'node:http'
import send from '@fastify/send'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { noSuchFile } from '../../../core/files/find-file.ts'
import {
  type BucketStorage,
  type FileAnswer,
  type FolderStorage,
  presignedOf,
} from '../../../ports/files/file-storage.ts'
import type { KnownFile } from '../../../ports/files/file-table.ts'
import type { Operation } from '../../contract/operation.ts'
import { headerOf } from '../../http/headers.ts'
import { isKnown } from '../../http/tags/tags.ts'
import type { TransportContext } from '../../transport-context.ts'
import { presignedReading } from './file-addresses.ts'
import { headersOf } from './file-headers.ts'

const content = { '*/*': { type: 'string', format: 'binary' } }

/** Of every resource that sends the bytes of a file. */
export const fileReplies: Operation['replies'] = {
  200: { description: 'The file, with the media type that it was announced with.', headers: ['ETag'], content },
  206: { description: 'The part that was asked for.', headers: ['ETag'], content },
  302: {
    description: 'Where the bucket gives the file to this method, for 10 minutes at least.',
    headers: ['Location'],
  },
  304: { description: 'The version that the client has is still the current one.', headers: ['ETag'] },
  416: { description: 'No byte of the file is in the range; `Content-Range` says how many it has.' },
}

/** Sends the bytes, or what of them the request asks for (RFC 9110, sections 13 and 14). */
export async function sendFile(
  context: TransportContext,
  request: FastifyRequest,
  reply: FastifyReply,
  file: KnownFile,
): Promise<FastifyReply> {
  const { storage, counts } = context.core.files
  if (storage === null) throw noSuchFile()
  // The bytes of an id never change: it is their tag.
  const etag = `"${file.id}"`
  const headers = { ...headersOf(file), etag }
  if (isKnown(headerOf(request, 'if-none-match'), etag)) return reply.code(304).headers(headers).send()
  const presigned = presignedOf(storage)
  if (presigned !== null) {
    const method = request.method === 'HEAD' ? 'HEAD' : 'GET'
    const { url } = await presignedReading(context, presigned, file, method)
    return reply.code(302).headers({ location: url, 'cache-control': 'no-store' }).send()
  }
  const found = await counts.storing(() => answerOf(storage, file.id, rangeOnly(request, etag)))
  if (found?.statusCode === 416)
    return reply
      .code(416)
      .headers({ 'content-range': `bytes */${file.size}`, 'cache-control': 'no-store' })
      .send()
  if (found === null) throw noSuchFile()
  return reply
    .code(found.statusCode)
    .headers({ ...found.headers, ...headers })
    .send(found.stream)
}

async function answerOf(
  storage: FolderStorage | BucketStorage,
  id: string,
  asked: IncomingMessage,
): Promise<FileAnswer | null> {
  switch (storage.kind) {
    case 'folder': {
      const { root, path } = storage.locate(id)
      const options = { root, index: false, cacheControl: false, etag: false, lastModified: false } as const
      const found = await send(asked, path, options)
      return found.type === 'file' || found.statusCode === 416 ? found : null
    }
    case 'bucket':
      return await storage.read(id, { isHead: asked.method === 'HEAD', range: asked.headers.range ?? null })
    default:
      return storage satisfies never
  }
}

/**
 * The request with its range as the only condition. `send` would pass over a tag that comes with `Cache-Control:
 * no-cache`, which `fetch` of Node adds to every request with a tag, and would take a weak tag in `If-Range`.
 */
function rangeOnly(request: FastifyRequest, etag: string): IncomingMessage {
  const { range } = request.headers
  const ifRange = headerOf(request, 'if-range')
  const isWanted = range !== undefined && (ifRange === undefined || ifRange === etag)
  return Object.create(request.raw, { headers: { value: isWanted ? { range } : {} } }) as IncomingMessage
}
