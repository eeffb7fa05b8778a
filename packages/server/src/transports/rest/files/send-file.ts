import send from '@fastify/send'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { noSuchFile } from '../../../core/files/find-file.ts'
import type { FileStorage } from '../../../ports/files/file-storage.ts'
import type { KnownFile } from '../../../ports/files/file-table.ts'
import type { Operation } from '../../contract/operation.ts'
import { headersOf } from './file-headers.ts'

const content = { '*/*': { type: 'string', format: 'binary' } }

/** Of every resource that sends the bytes of a file. */
export const fileReplies: Operation['replies'] = {
  200: { description: 'The file, with the media type that it was announced with.', headers: ['ETag'], content },
  206: { description: 'The part that was asked for.', headers: ['ETag'], content },
  304: { description: 'The version that the client has is still the current one.', headers: ['ETag'] },
}

/** Sends the bytes, or what of them the request asks for (RFC 9110, section 14). */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  storage: FileStorage | null,
  file: KnownFile,
): Promise<FastifyReply> {
  if (storage === null) throw noSuchFile()
  const { root, path } = storage.locate(file.id)
  const found = await send(request.raw, path, { root, index: false, cacheControl: false })
  if (found.type !== 'file') throw noSuchFile()
  const headers = found.statusCode < 400 ? headersOf(file) : {}
  return reply
    .code(found.statusCode)
    .headers({ ...found.headers, ...headers })
    .send(found.stream)
}
