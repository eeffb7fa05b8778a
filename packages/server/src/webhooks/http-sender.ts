/** Sends webhooks' requests over HTTP. It follows no redirect, and reads nothing of an answer but its status. */
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'
import type { LookupFunction } from 'node:net'
import type { WebhookOutcome, WebhookRequest, WebhookSender } from '../ports/webhooks/webhook-sender.ts'
import { AddressRefused, publicLookup, requirePublicHost } from './addresses.ts'
import type { Sign } from './sign.ts'

export interface HttpSenderOptions {
  readonly url: string
  readonly sign: Sign
  readonly timeoutMs: number
  readonly allowPrivate: boolean
  /** The most connections. */
  readonly concurrency: number
  readonly userAgent: string
  /** For tests alone: how names are looked up. */
  readonly lookup?: LookupFunction
}

/** More of an answer's body than this ends its connection. */
const mostBodyBytes = 16_384
const keepAliveMs = 5000

export class HttpSender implements WebhookSender {
  readonly #options: HttpSenderOptions
  readonly #url: URL
  readonly #agent: HttpAgent | HttpsAgent

  constructor(options: HttpSenderOptions) {
    this.#options = options
    this.#url = new URL(options.url)
    const { concurrency: maxSockets } = options
    const how = { keepAlive: true, keepAliveMsecs: keepAliveMs, maxSockets, maxFreeSockets: maxSockets }
    this.#agent = this.#url.protocol === 'https:' ? new HttpsAgent(how) : new HttpAgent(how)
  }

  async send(request: WebhookRequest): Promise<WebhookOutcome> {
    const { timeoutMs } = this.#options
    // A timer of its own: an `AbortSignal.timeout` that only `AbortSignal.any` refers to may be collected, and never fires.
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), timeoutMs)
    try {
      return await this.#ask(request, AbortSignal.any([request.signal, late.signal]))
    } catch (error) {
      if (request.signal.aborted) return { kind: 'stopped' }
      if (late.signal.aborted) return { kind: 'failed', reason: `no answer within ${timeoutMs / 1000} s` }
      return { kind: 'failed', reason: reasonOf(error) }
    } finally {
      clearTimeout(timer)
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  /** A connection that waited for its next use may have been closed by the receiver meanwhile: then a new one is tried. */
  async #ask(request: WebhookRequest, signal: AbortSignal): Promise<WebhookOutcome> {
    for (;;) {
      const asked = await this.#askOnce(request, signal)
      if (asked !== 'stale connection') return asked
    }
  }

  #askOnce({ id, body, at }: WebhookRequest, signal: AbortSignal): Promise<WebhookOutcome | 'stale connection'> {
    const { sign, allowPrivate, userAgent, timeoutMs, lookup = publicLookup() } = this.#options
    if (!allowPrivate) requirePublicHost(this.#url.hostname)
    const send = this.#url.protocol === 'https:' ? requestHttps : requestHttp
    const headers = {
      ...{ 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'user-agent': userAgent },
      ...{
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at / 1000)),
        'webhook-signature': sign(id, at, body),
      },
    }
    const options = { method: 'POST', agent: this.#agent, headers, signal, ...(allowPrivate ? {} : { lookup }) }
    return new Promise((resolve, reject) => {
      const sent = send(this.#url, options, (response) => {
        resolve(answerOf(response))
        skipBody(response, timeoutMs)
      })
      sent.on('error', (error: NodeJS.ErrnoException) => {
        if (sent.reusedSocket && error.code === 'ECONNRESET' && !signal.aborted) resolve('stale connection')
        else reject(error)
      })
      sent.end(body)
    })
  }
}

function answerOf({ statusCode = 0, headers }: IncomingMessage): WebhookOutcome {
  return { kind: 'answered', status: statusCode, retryAfterMs: retryAfterMs(headers['retry-after'], Date.now()) }
}

/** Reads a short body to its end, so that the connection can be used again. */
function skipBody(response: IncomingMessage, withinMs: number): void {
  const timer = setTimeout(() => response.destroy(), withinMs)
  response.on('close', () => clearTimeout(timer))
  let bytes = 0
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > mostBodyBytes) response.destroy()
  })
  response.on('error', () => undefined)
}

/** Seconds, or a date (RFC 9110, section 10.2.3). `null`: neither. */
export function retryAfterMs(text: string | undefined, now: number): number | null {
  if (text === undefined) return null
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const at = Date.parse(text)
  return Number.isNaN(at) ? null : Math.max(0, at - now)
}

function reasonOf(error: unknown): string {
  if (error instanceof AddressRefused) return error.message
  const { code, message } = error as NodeJS.ErrnoException
  return `no connection: ${code ?? message}`
}
