/** The servers of a deployment. Requests go to each in turn: all of them must answer the same. */
import type { AnyRecord, Change, ChangesReply, Page } from 'dovetail-protocol'
import { startTimeLimit } from '../../time/time-limit.ts'

export interface HttpResponse {
  readonly status: number
  readonly body: unknown
  /** The position of the answer; `null`: it has none. */
  readonly at: string | null
}

export interface NodeRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly token?: string | null
  /** How long to wait for the reply, in ms. Default: 10,000. */
  readonly withinMs?: number
  readonly signal?: AbortSignal
}

const withinMsDefault = 10_000

export class Nodes {
  readonly #urls: readonly string[]
  #turn = 0

  constructor(urls: readonly string[]) {
    if (urls.length === 0) throw new Error('there is no server to check')
    this.#urls = urls
  }

  /** The next one in turn. */
  next(): string {
    return this.#urls[this.#turn++ % this.#urls.length] ?? ''
  }

  /** The address for clients that take only one: the balancer's, if there is one. */
  get first(): string {
    return this.#urls[0] ?? ''
  }

  /** Rejects where no reply came: a write may have been done or not. */
  async request(path: string, options: NodeRequest = {}): Promise<HttpResponse> {
    const { method = 'GET', body, headers = {}, token = null, withinMs = withinMsDefault, signal } = options
    const late = startTimeLimit(withinMs)
    try {
      const response = await fetch(`${this.next()}${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]),
      })
      const text = await response.text()
      const answered: unknown = text === '' ? null : JSON.parse(text)
      return { status: response.status, body: answered, at: response.headers.get('dovetail-at') }
    } finally {
      late.stop()
    }
  }

  /** Repeats the request until it succeeds. Rejects only when `signal` ends it. */
  async requestUntilAnswered(
    path: string,
    options: NodeRequest & { readonly pause: (ms: number) => Promise<unknown> },
  ): Promise<unknown> {
    for (;;) {
      const answer = await this.request(path, options).catch(() => null)
      if (answer !== null && answer.status < 300) return answer.body
      options.signal?.throwIfAborted()
      await options.pause(retryMs)
    }
  }
}

export const retryMs = 50

export interface WholeLog {
  readonly epoch: string | null
  readonly head: number
  readonly log: readonly Change[]
}

type Request = (path: string) => Promise<unknown>

export async function readLog(request: Request, channel: string): Promise<WholeLog> {
  const log: Change[] = []
  let cursor = '0'
  for (;;) {
    const reply = (await request(`/v1/channels/${channel}/changes?after=${cursor}`)) as ChangesReply
    log.push(...reply.changes)
    cursor = reply.cursor
    if (!reply.more) return { epoch: epochOf(cursor), head: reply.to, log }
  }
}

/** All living records in rising `pos`, page by page from the first. */
export async function readPages(request: Request, path: string, limit: number): Promise<AnyRecord[]> {
  const records: AnyRecord[] = []
  let after: number | null = 0
  while (after !== null) {
    const page: Page = (await request(`${path}?limit=${limit}&after=${after}`)) as Page
    records.push(...page.records)
    after = page.after
  }
  return records
}

/** The newest living records in rising `pos`, page by page from the newest to older ones; at most so many pages. */
export async function readPagesBackward(
  request: Request,
  path: string,
  limit: number,
  mostPages = Number.POSITIVE_INFINITY,
): Promise<{ readonly records: AnyRecord[]; readonly isWhole: boolean }> {
  const pages: AnyRecord[][] = []
  let before: number | null | undefined
  while (before !== null && pages.length < mostPages) {
    const query: string = before === undefined ? '' : `&before=${before}`
    const page: Page = (await request(`${path}?limit=${limit}${query}`)) as Page
    pages.push(page.records)
    before = page.before
  }
  return { records: pages.reverse().flat(), isWhole: before === null }
}

/** `null` of a channel that nobody wrote to. */
export function epochOf(cursor: string): string | null {
  const dot = cursor.indexOf('.')
  return dot < 0 ? null : cursor.slice(0, dot)
}

export function revisionOf(cursor: string): number {
  return Number.parseInt(cursor.slice(cursor.indexOf('.') + 1), 10)
}
