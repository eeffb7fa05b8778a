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
import { fileReplies, sendFile } from './send-file.ts'

interface Params {
  readonly ch: string
  readonly fileId: string
}

const tag = 'files'
const fileRequest = Compile(FileRequest)
/** An address is good for this long at least, and for twice as long at most, so that it stays the same for a while. */
const addressMs = 600_000

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
      return sendFile(request, reply, context.core.files.storage, file)
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
  const { core, basePath, fileAddresses } = context
  const caller = await context.callers.of(request.raw)
  const read = () => checkedBody(fileRequest, bodyOf(request, core.limits.depth))
  const { file, until } = await announceFile(core, caller, ch, read)
  core.budgets.chargeUpload(payerOf(context, caller, request.raw), file.size)
  const url = `${basePath}/v1/files/${file.id}?write=${fileAddresses.sign('write', file.id, until)}`
  const made: NewFile = {
    id: file.id,
    url: `${basePath}/v1/channels/${ch}/files/${file.id}`,
    upload: { method: 'PUT', url, headers: { 'content-type': file.type } },
    expiresAt: new Date(until).toISOString(),
  }
  reply.header('cache-control', 'no-store')
  return sendJson(reply, 201, encodeJson(made))
}

async function address(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { ch, fileId } = request.params as Params
  const { core, basePath, fileAddresses } = context
  const caller = await context.callers.of(request.raw)
  await readableFile(core, caller, ch, fileId)
  const now = core.clock.now()
  const until = (Math.floor(now / addressMs) + 2) * addressMs
  const url = `${basePath}/v1/files/${fileId}?read=${fileAddresses.sign('read', fileId, until)}`
  const found: FileAddress = { url, expiresAt: new Date(until).toISOString() }
  reply.header('cache-control', 'no-store')
  return sendJson(reply, 200, encodeJson(found))
}
