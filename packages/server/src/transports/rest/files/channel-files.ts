/** The resources of a channel's files: announced, read, and given an address that needs no token. */
import { FileAddress, FileRequest, NewFile } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { announceFile } from '../../../core/files/announce-file.ts'
import { readableFile } from '../../../core/files/find-file.ts'
import { encodeJson } from '../../../wire/json-text.ts'
import { json, jsonBody, type Operation, type Resource } from '../../contract/operation.ts'
import { ofChannels } from '../../contract/refusals.ts'
import { bodyOf } from '../../http/body.ts'
import { payerOf } from '../../http/charge.ts'
import { sendJson } from '../../http/reply.ts'
import { checkedBody } from '../../http/shape.ts'
import type { TransportContext } from '../../transport-context.ts'
import { signedReading, signedUpload } from './file-addresses.ts'
import { fileReplies, sendFile } from './send-file.ts'

interface Params {
  readonly ch: string
  readonly fileId: string
}

const tag = 'files'
const fileRequest = Compile(FileRequest)

export function channelFileResources(context: TransportContext): Resource[] {
  return [
    { path: '/v1/channels/{ch}/files', operations: { POST: announcement(context) } },
    { path: '/v1/channels/{ch}/files/{fileId}', operations: { GET: reading(context) } },
    { path: '/v1/channels/{ch}/files/{fileId}/address', operations: { GET: addressing(context) } },
  ]
}

function announcement(context: TransportContext): Operation {
  return {
    id: 'announceFile',
    tag,
    summary: 'Announces a file, and says where its bytes are to be sent.',
    description: 'A file that no record refers to within an hour is removed.',
    caller: 'anyone',
    body: jsonBody(FileRequest),
    replies: { 201: json('The file, and the request that uploads it.', NewFile) },
    refusals: [...ofChannels, 'invalid_text'],
    handle: (request, reply) => announce(context, request, reply),
  }
}

function reading(context: TransportContext): Operation {
  return {
    id: 'readFile',
    tag,
    summary: 'The bytes of a file, or a part of them by `Range`.',
    caller: 'anyone',
    replies: fileReplies,
    refusals: ofChannels,
    handle: async (request, reply) => {
      const { ch, fileId } = request.params as Params
      const caller = await context.callers.of(request.raw)
      const file = await readableFile(context.core, caller, ch, fileId)
      return sendFile(context, request, reply, file)
    },
  }
}

function addressing(context: TransportContext): Operation {
  return {
    id: 'addressFile',
    tag,
    summary: 'An address of the file that needs no token, for images and videos on a page.',
    caller: 'anyone',
    replies: { 200: json('The address.', FileAddress) },
    refusals: ofChannels,
    handle: (request, reply) => address(context, request, reply),
  }
}

async function announce(
  context: TransportContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { ch } = request.params as Params
  const { core, basePath } = context
  const caller = await context.callers.of(request.raw)
  const read = () => checkedBody(fileRequest, bodyOf(request, core.limits.depth))
  const { file, until } = await core.files.counts.refusing(() => announceFile(core, caller, ch, read))
  core.budgets.chargeUpload(payerOf(context, caller, request.raw), file.size)
  const upload = await signedUpload(context, file, until)
  const made: NewFile = {
    id: file.id,
    url: `${basePath}/v1/channels/${ch}/files/${file.id}`,
    upload: { method: 'PUT', url: upload.url, headers: { 'content-type': file.type } },
    expiresAt: upload.expiresAt,
  }
  reply.header('cache-control', 'no-store')
  return sendJson(reply, 201, encodeJson(made))
}

async function address(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { ch, fileId } = request.params as Params
  const caller = await context.callers.of(request.raw)
  const file = await readableFile(context.core, caller, ch, fileId)
  const found: FileAddress = await signedReading(context, file)
  reply.header('cache-control', 'no-store')
  return sendJson(reply, 200, encodeJson(found))
}
