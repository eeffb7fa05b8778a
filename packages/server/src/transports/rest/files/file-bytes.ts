/** The resource behind the signed addresses of files: their bytes, without a token. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { namedFile, uploadedFile } from '../../../core/files/find-file.ts'
import { receiveFile, Uploads } from '../../../core/files/receive-file.ts'
import type { Resource } from '../../contract/operation.ts'
import { textParameter } from '../../contract/parameters.ts'
import { textParam } from '../../http/query.ts'
import { takesLong } from '../../http/requests.ts'
import type { TransportContext } from '../../transport-context.ts'
import { fileReplies, sendFile } from './send-file.ts'

const bytes = { type: 'string', format: 'binary' }

export function fileBytesResources(context: TransportContext): Resource[] {
  const uploads = new Uploads()
  return [
    {
      path: '/v1/files/{fileId}',
      operations: {
        GET: {
          id: 'readFileAt',
          tag: 'files',
          summary: 'The bytes of a file, by an address that the server has signed.',
          caller: 'nobody',
          price: 'read',
          query: [textParameter('read', 'The signature, as the address has it.')],
          replies: fileReplies,
          refusals: ['not_found', 'rate_limited', 'store_unavailable'],
          handle: (request, reply) => read(context, request, reply),
        },
        PUT: {
          id: 'uploadFile',
          tag: 'files',
          summary: 'Uploads the bytes of an announced file, by the address that its announcement gave.',
          caller: 'nobody',
          query: [textParameter('write', 'The signature, as the address has it.')],
          body: { schema: bytes, isRequired: true, types: ['application/octet-stream'], isLarge: true, isStream: true },
          replies: { 204: { description: 'The file is stored, by this request or an earlier one.' } },
          refusals: ['not_found', 'rate_limited', 'store_unavailable'],
          handle: (request, reply) => upload(context, uploads, request, reply),
        },
      },
    },
  ]
}

async function read(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const id = signedId(context, 'read', request)
  return sendFile(context, request, reply, await uploadedFile(context.core, id))
}

async function upload(
  context: TransportContext,
  uploads: Uploads,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { raw } = request
  // What is refused is not read to its end.
  reply.header('connection', 'close')
  const id = signedId(context, 'write', request)
  const length = raw.headers['content-length']
  takesLong(raw)
  // The reply to a refused upload needs the connection, so the reader does not end it.
  const body: AsyncIterable<Uint8Array> = raw.iterator({ destroyOnReturn: false })
  const { counts } = context.core.files
  await counts.refusing(() =>
    receiveFile(context.core, uploads, id, body, length === undefined ? null : Number(length)),
  )
  return reply.removeHeader('connection').code(204).send()
}

function signedId(context: TransportContext, deed: 'read' | 'write', request: FastifyRequest): string {
  const { fileId } = request.params as { fileId: string }
  context.fileAddresses.require(deed, namedFile(fileId), textParam(request.query, deed) ?? '')
  return fileId
}
