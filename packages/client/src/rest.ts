import type { Clock } from './clock.ts'
import { isCode, statusOf } from './code-facts.ts'
import { DovetailError, type ErrorCode } from './errors.ts'
import type { Session } from './session.ts'
import type { Trace } from './trace.ts'

type Query = Record<string, string | number | undefined>

export interface RequestOptions {
  readonly query?: Query | URLSearchParams
  readonly body?: unknown
  readonly headers?: Record<string, string | undefined>
  readonly signal?: AbortSignal | undefined
  /** For the whole answer, or for its head where the body is a stream. Default 30,000. */
  readonly timeoutMs?: number
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Null where there is no body. */
  readonly body: unknown
}

/** Requests to the server: token, JSON, problem documents as `DovetailError`, one fresh token after a 401. */
export class Rest {
  readonly #url: string
  readonly #fetch: typeof globalThis.fetch
  readonly #session: Session
  readonly #clock: Clock
  readonly #trace: Trace

  constructor(url: string, fetch: typeof globalThis.fetch, session: Session, clock: Clock, trace: Trace) {
    this.#url = url
    this.#fetch = fetch
    this.#session = session
    this.#clock = clock
    this.#trace = trace
  }

  async get<Body>(path: string, options: RequestOptions = {}): Promise<Body> {
    return (await this.ask('GET', path, options)).body as Body
  }

  /** Rejects with a `DovetailError` unless the answer is a success or a 304. */
  async ask(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    return this.open(method, path, options, async (response) => {
      const { status, headers } = response
      const body: unknown = status === 204 || status === 304 ? null : await response.json()
      this.#trace.tell('down', 'rest', { status, path, body })
      return { status, headers, body }
    })
  }

  /** The same, with the answer's body left to `use`: the time limit counts until it is done. */
  async open<Result>(
    method: string,
    path: string,
    options: RequestOptions,
    use: (response: Response) => Promise<Result>,
  ): Promise<Result> {
    const { signal, timeoutMs = 30_000 } = options
    // Before all else: what has no JSON is the caller's mistake, and no answer that did not come.
    const text = JSON.stringify(options.body)
    const control = new AbortController()
    const abort = () => control.abort()
    const stopTimer = this.#clock.after(timeoutMs, abort)
    signal?.addEventListener('abort', abort)
    if (signal?.aborted) abort()
    try {
      return await use(await this.#admitted(method, path, options, control.signal, text))
    } catch (cause) {
      if (cause instanceof DovetailError) throw cause
      throw new DovetailError(signal?.aborted ? 'aborted' : 'network', 'no answer', { cause })
    } finally {
      stopTimer()
      signal?.removeEventListener('abort', abort)
    }
  }

  /** With another token where the server refuses the one that there was; the session gives a fresh one once. */
  async #admitted(
    method: string,
    path: string,
    options: RequestOptions,
    signal: AbortSignal,
    text: string | undefined,
  ): Promise<Response> {
    let token = await this.#session.token()
    for (;;) {
      const response = await this.#once(method, path, options, signal, text, token)
      if (response.ok || response.status === 304) return response
      const error = await refusalOf(response)
      this.#trace.tell('down', 'rest', { status: response.status, path, error: error.code })
      const other = response.status === 401 ? await this.#session.instead(token) : token
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
    this.#trace.tell('up', 'rest', { method, path: path + query, body: options.body })
    // Called without a receiver: browsers refuse a `fetch` that is a method of something else.
    const fetch = this.#fetch
    // What goes away, goes also where the page is left meanwhile.
    const keepalive = method === 'DELETE'
    return fetch(this.#url + path + query, {
      method,
      headers,
      signal,
      keepalive,
      body: text ?? null,
      credentials: 'omit',
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

/** Anything may answer on the way here (a proxy's page too): what is no problem document is known by its status. */
async function refusalOf(response: Response): Promise<DovetailError> {
  const problem = (await response.json().catch(() => null)) as Record<string, unknown> | null
  const told = Number(response.headers.get('retry-after') ?? Number.NaN)
  return errorFrom(problem, response.status, Number.isFinite(told) ? told : undefined)
}

/**
 * Statuses that count even when something on the way (a proxy) gave them; of others that are no problem
 * document nobody knows whether the server ever saw the request.
 */
const plainStatus: Record<number, ErrorCode> = { 413: 'too_large', 429: 'rate_limited', 431: 'headers_too_large' }

/** A problem document or an error reply as a `DovetailError`. */
export function errorFrom(body: unknown, status: number, retryAfter?: number): DovetailError {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>
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
