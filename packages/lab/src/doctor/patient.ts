/** The deployment under examination, and how it is asked: every request on a connection of its own, and nothing decoded. */
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'

export interface Patient {
  /** Without a slash at its end. */
  readonly url: string
  readonly token: string
  /** A channel whose collection "messages" the token may read and write. */
  readonly channel: string
  /** The silence after which a stream has a comment, in milliseconds. */
  readonly commentMs: number
  /** The time between two pings of a WebSocket, in milliseconds. */
  readonly pingMs: number
  /** How long to watch what stays open, in milliseconds. */
  readonly watchMs: number
}

export interface Request {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
  readonly signal?: AbortSignal
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

/** Resolves with the head of the reply; its body is read by the caller. Rejects where no head came. */
export function open(
  url: string,
  { method = 'GET', headers = {}, body, signal }: Request = {},
): Promise<IncomingMessage> {
  const send = url.startsWith('https:') ? requestHttps : requestHttp
  const typed = body === undefined ? headers : { 'content-type': 'application/json', ...headers }
  return new Promise((resolve, reject) => {
    const request = send(url, { method, headers: typed, agent: false, ...(signal === undefined ? {} : { signal }) })
    request.on('error', reject)
    request.on('response', (reply) => {
      // The connection may break later: who reads the body learns of it by `close`.
      reply.on('error', () => {})
      resolve(reply)
    })
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

/** The whole reply. Rejects where it did not come whole. */
export async function ask(url: string, request: Request = {}): Promise<Reply> {
  const reply = await open(url, request)
  const chunks: Buffer[] = []
  for await (const chunk of reply as AsyncIterable<Buffer>) chunks.push(chunk)
  return { status: reply.statusCode ?? 0, headers: reply.headers, text: Buffer.concat(chunks).toString() }
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

export function changesUrl({ url, channel }: Patient, query = ''): string {
  return `${url}/v1/channels/${encodeURIComponent(channel)}/changes${query}`
}

export function messagesUrl({ url, channel }: Patient, query = ''): string {
  return `${url}/v1/channels/${encodeURIComponent(channel)}/messages${query}`
}

/** Writes a message, and resolves with its id when it is acknowledged. */
export async function write(patient: Patient): Promise<string> {
  const body = { text: 'dovetail doctor was here' }
  const reply = await ask(messagesUrl(patient), { method: 'POST', headers: bearer(patient.token), body })
  if (reply.status !== 201) throw new Error(`a write was answered with ${reply.status}: ${reply.text.slice(0, 200)}`)
  return (JSON.parse(reply.text) as { id: string }).id
}
