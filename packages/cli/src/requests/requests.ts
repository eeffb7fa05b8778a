/** REST requests of a command: with its token, repeated while the server may answer otherwise later. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Problem, Refusal } from './refusal.ts'

export interface RequestsOptions {
  /** Without a slash at the end. */
  readonly url: string
  readonly token: string | undefined
  /** Ends what is under way and what waits. */
  readonly signal?: AbortSignal
  readonly fetch?: typeof globalThis.fetch
  /** Resolves after so many milliseconds; rejects when the signal is aborted. */
  readonly wait?: (ms: number, signal: AbortSignal | undefined) => Promise<void>
  /** How often a request is sent whose answer is missing, or says to come back; absent: 6 times. */
  readonly attempts?: number
}

const usualAttempts = 6
const firstWaitMs = 250
/** An answer takes no longer than this. */
const answerMs = 60_000

export class Requests {
  readonly #options: RequestsOptions

  constructor(options: RequestsOptions) {
    this.#options = options
  }

  get url(): string {
    return this.#options.url
  }

  /** The parsed body of the answer; null where it has none. @throws Refusal */
  ask(method: string, path: string, body?: unknown): Promise<unknown> {
    return this.askWithText(method, path, body === undefined ? undefined : JSON.stringify(body))
  }

  /** As `ask`, with a body that is JSON already. */
  async askWithText(method: string, path: string, text: string | undefined): Promise<unknown> {
    const { signal, wait = waitFor, attempts = usualAttempts } = this.#options
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(method, path, text)
      } catch (error) {
        if (!(error instanceof Refusal) || !error.retryable || attempt === attempts || signal?.aborted === true)
          throw error
        await wait(Math.max(error.retryAfter * 1000, firstWaitMs * 2 ** (attempt - 1)), signal)
      }
    }
  }

  async #once(method: string, path: string, body: string | undefined): Promise<unknown> {
    const { url, token, signal, fetch = globalThis.fetch } = this.#options
    const headers: Record<string, string> = {}
    if (token !== undefined) headers.authorization = `Bearer ${token}`
    if (body !== undefined) headers['content-type'] = 'application/json'
    // A timer of its own: an `AbortSignal.timeout` that only `AbortSignal.any` refers to may be collected, and never fires.
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(new DOMException(`no reply in ${answerMs} ms`, 'TimeoutError')), answerMs)
    const ending = signal === undefined ? late.signal : AbortSignal.any([late.signal, signal])
    let status: number
    let text: string
    try {
      const answer = await fetch(url + path, {
        method,
        headers,
        signal: ending,
        ...(body === undefined ? {} : { body }),
      })
      status = answer.status
      text = await answer.text()
    } catch (cause) {
      throw new Refusal({}, cause)
    } finally {
      clearTimeout(timer)
    }
    const parsed = parse(text)
    if (status < 400 && parsed !== undefined) return parsed
    const problem = isObject(parsed) ? (parsed as Partial<Problem>) : {}
    throw new Refusal(typeof problem.code === 'string' ? problem : { detail: `status ${status}` })
  }
}

async function waitFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await pause(ms, undefined, { signal })
}

/** `null`: no text; `undefined`: no JSON. */
function parse(text: string): unknown {
  if (text === '') return null
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
