import { at } from '../paths.ts'
import type { Server } from '../servers/serving.ts'
import type { TokenOptions } from '../servers/token-for.ts'

export interface Target {
  readonly channel: string
  readonly collection?: string
  /** Where given, it is a put on this record, else a create. */
  readonly recordId?: string
}

/** One write sent by REST and by a socket: the code that each refused it with, or `ok`. */
export interface Verdicts {
  readonly rest: string
  readonly socket: string
}

/** Sends data over both transports as raw text, so that text which `JSON.stringify` can't produce is tested too. */
export async function bothTransports(
  server: Server,
  user: string | undefined,
  target: Target,
  data: string,
  options?: TokenOptions,
): Promise<Verdicts> {
  const { channel, collection = 'messages', recordId } = target
  const rest = await server.rest(user, options)
  const path = at(encodeURIComponent(channel), encodeURIComponent(collection), recordId && encodeURIComponent(recordId))
  const method = recordId === undefined ? 'POST' : 'PUT'
  const answer = await rest.send(method, path, { 'content-type': 'application/json' }, data)
  const socket = await server.connect(user, options)
  const fields = JSON.stringify({ id: 1, op: recordId === undefined ? 'create' : 'put', channel, collection, recordId })
  socket.sendRaw(`${fields.slice(0, -1)},"data":${data}}`)
  const reply = await socket.reply(1)
  socket.close()
  return {
    rest: answer.status < 300 ? 'ok' : `${answer.code}`,
    socket: 'ok' in reply ? 'ok' : reply.error.code,
  }
}

export function agreed(code: string): Verdicts {
  return { rest: code, socket: code }
}
