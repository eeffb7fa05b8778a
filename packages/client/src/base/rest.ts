import type { Clock } from './clock.ts'
import { isCode, statusOf } from './code-facts.ts'
import { DovetailError, type ErrorCode } from './errors.ts'
import { parseRetryAfter } from './retry-after.ts'
import type { SignIn } from './sign-in.ts'
import type { Trace } from './trace.ts'

type Query = Record<string, string | number | undefined>

export interface RequestOptions {
  readonly query?: Query | URLSearchParams
  readonly body?: unknown
  readonly headers?: Record<string, string | undefined>
  readonly signal?: AbortSignal | undefined
  /** Time limit in ms for the head of the answer. Default 30,000. */
  readonly timeoutMs?: number
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Null where there is no body. */
  readonly body: unknown
}

/** Time limit between two pieces of an answer's body. The total time of the body is not limited. */
const bodySilenceMs = 30_000

/** Restarts the time limit: `ms` until the next piece of the answer. */
type Extend = (ms: number) => void

/** Requests to the server: token, JSON, problem documents as `DovetailError`, one fresh token after a 401. */
export class Rest {
  /** Of the server, without a slash at its end. */
  readonly url: string
  readonly fetch: typeof globalThis.fetch
  readonly #signIn: SignIn
  readonly clock: Clock
  readonly #trace: Trace

  constructor(url: string, fetch: typeof globalThis.fetch, signIn: SignIn, clock: Clock, trace: Trace) {
    this.url = url
    this.fetch = fetch
    this.#signIn = signIn
    this.clock = clock
    this.#trace = trace
  }

  async get<Body>(path: string, options: RequestOptions = {}): Promise<Body> {
    return (await this.ask('GET', path, options)).body as Body
  }

  /** Rejects with a `DovetailError` unless the answer is a success or a 304. */
  async ask(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    return this.open(method, path, options, async (response, extend) => {
      const { status, headers } = response
      const body: unknown = status === 204 || status === 304 ? null : JSON.parse(await readText(response, extend))
      this.#trace.record('down', 'rest', { status, path, body })
      return { status, headers, body }
    })
  }

  /** Like `ask`, but `use` reads the answer's body, and extends the time limit as the body arrives. */
  async open<Result>(
    method: string,
    path: string,
    options: RequestOptions,
    use: (response: Response, extend: Extend) => Promise<Result>,
  ): Promise<Result> {
    const { signal, timeoutMs = 30_000 } = options
    // First of all: a value without a JSON form is the caller's mistake, not a network error.
    const text = JSON.stringify(options.body)
    const control = new AbortController()
    const abort = () => control.abort()
    let stopTimer = this.clock.after(timeoutMs, abort)
    const extend = (ms: number) => {
      stopTimer()
      stopTimer = this.clock.after(ms, abort)
    }
    signal?.addEventListener('abort', abort)
    if (signal?.aborted) abort()
    try {
      return await use(await this.#admitted(method, path, options, control.signal, text), extend)
    } catch (cause) {
      if (cause instanceof DovetailError) throw cause
      throw new DovetailError(signal?.aborted ? 'aborted' : 'network', 'no answer', { cause })
    } finally {
      stopTimer()
      signal?.removeEventListener('abort', abort)
      // A body that nobody reads to its end must not keep its connection.
      control.abort()
    }
  }

  /** Repeats the request with a fresh token, once, when the server refuses the current one. */
  async #admitted(
    method: string,
    path: string,
    options: RequestOptions,
    signal: AbortSignal,
    text: string | undefined,
  ): Promise<Response> {
    let token = await this.#signIn.token()
    for (;;) {
      const response = await this.#once(method, path, options, signal, text, token)
      if (response.ok || response.status === 304) return response
      const error = await refusalOf(response, this.clock.now())
      this.#trace.record('down', 'rest', { status: response.status, path, error: error.code })
      const other = response.status === 401 ? await this.#signIn.replaceRefused(token) : token
      if (other === token) throw error
      token = other
    }
  }

  #once(
    method: string,
    path: string,
    options: RequestOptions,
    signal: AbortSignal,
    text: string | undefined,
    token: string | null,
  ) {
    const headers = new Headers()
    for (const [name, value] of Object.entries(options.headers ?? {})) if (value !== undefined) headers.set(name, value)
    if (token !== null) headers.set('authorization', `Bearer ${token}`)
    if (text !== undefined) headers.set('content-type', 'application/json')
    const query = queryOf(options.query)
    this.#trace.record('up', 'rest', { method, path: path + query, body: options.body })
    // Called without a receiver: browsers refuse a `fetch` that is a method of something else.
    const fetch = this.fetch
    // A DELETE (the request to leave a channel) is sent although the user closes the page.
    const keepalive = method === 'DELETE'
    return fetch(this.url + path + query, {
      method,
      headers,
      signal,
      keepalive,
      body: text ?? null,
      credentials: this.#signIn.session ? 'include' : 'same-origin',
    })
  }
}

export function channelPath(channel: string): string {
  return `/v1/channels/${encodeURIComponent(channel)}`
}

function queryOf(query: Query | URLSearchParams = {}): string {
  if (query instanceof URLSearchParams) return `?${query}`
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value))
  return parameters.size === 0 ? '' : `?${parameters}`
}

async function readText(response: Response, extend: Extend): Promise<string> {
  const reader = response.body?.getReader()
  // Some environments (React Native) give bodies as a whole only.
  if (reader === undefined) return response.text()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    extend(bodySilenceMs)
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    text += decoder.decode(value, { stream: true })
  }
}

/** A proxy may have answered instead of the server: an answer without a problem document is judged by its status. */
async function refusalOf(response: Response, now: number): Promise<DovetailError> {
  const problem: unknown = await response.json().catch(() => null)
  return errorFrom(problem, response.status, parseRetryAfter(response.headers, now))
}

/**
 * Statuses that count even when a proxy sent them: the same request would get the same answer.
 * For any other status without a problem document it is unknown whether the server received the request.
 */
const plainStatus: Record<number, ErrorCode> = {
  401: 'unauthenticated',
  403: 'forbidden',
  413: 'too_large',
  429: 'rate_limited',
  431: 'headers_too_large',
}

/** A problem document or an error reply as a `DovetailError`. */
export function errorFrom(body: unknown, status: number, retryAfter?: number): DovetailError {
  const problem = Object(body) as Record<string, unknown>
  const known = isCode(problem.code) ? problem.code : null
  const code = known ?? plainStatus[status] ?? 'network'
  return new DovetailError(code, typeof problem.detail === 'string' ? problem.detail : `status ${status}`, {
    status: status === 0 && known !== null ? statusOf[known] : status,
    retryAfter: typeof problem.retryAfter === 'number' ? problem.retryAfter : retryAfter,
    errors: Array.isArray(problem.errors) ? problem.errors : undefined,
    current: problem.current,
    cause: body,
  })
}
