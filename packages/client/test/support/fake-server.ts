import type { PresentUser } from '@dovetail/protocol'
import { parseCursor } from '@dovetail/protocol/cursor'
import { FakeHub, type Feed } from './fake-hub.ts'
import { Refused } from './fake-log.ts'
import type { ServerSocket } from './fake-socket.ts'

export { calm, type Weather } from './fake-hub.ts'

/** The same server with its REST door: pages, writes, polls, long-polls and streams. */
export class FakeServer extends FakeHub {
  /** Who is said to be there, by REST. */
  present: PresentUser[] = []
  /** The `fetch` that clients of this server use. */
  readonly fetch: typeof globalThis.fetch = async (input, init = {}) => {
    const url = new URL(String(input))
    const method = init.method ?? 'GET'
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined
    const fate = this.weather.fate(method)
    await this.#pass(init.signal)
    if (this.down || fate === 'lost') throw new TypeError('fetch failed')
    this.requests.push({ method, path: url.pathname + url.search, headers: new Headers(init.headers), body })
    const answer = await this.#answer(method, url, body, new Headers(init.headers), init.signal ?? null)
    await this.#pass(init.signal)
    if (fate === 'unanswered') throw new TypeError('fetch failed')
    return answer
  }

  #pass(signal: AbortSignal | null | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const stop = this.clock.after(this.weather.delay(), resolve)
      signal?.addEventListener('abort', () => {
        stop()
        reject(signal.reason)
      })
    })
  }

  async #answer(
    method: string,
    url: URL,
    body: unknown,
    headers: Headers,
    signal: AbortSignal | null,
  ): Promise<Response> {
    try {
      const refusal = this.weather.refuse(method, url.pathname)
      if (refusal !== null) throw new Refused(refusal.status, refusal.code, { retryAfter: refusal.retryAfter })
      return await this.#route(method, url, body, headers, signal)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const problem = { type: 'x', status: error.status, code: error.code, detail: error.code, ...error.more }
      return Response.json(problem, { status: error.status })
    }
  }

  #route(
    method: string,
    url: URL,
    body: unknown,
    headers: Headers,
    signal: AbortSignal | null,
  ): Response | Promise<Response> {
    const [, , kind, channel = '', collection, id] = url.pathname.split('/').map(decodeURIComponent)
    if (kind === 'limits') return Response.json({})
    if (kind === 'me') return Response.json({ user: this.user, name: 'Ana', guest: false, rights: {} })
    if (kind !== 'channels' || collection === undefined) throw new Refused(404, 'not_found')
    if (collection === 'changes') return this.#changes(channel, url.searchParams, headers, signal)
    if (collection === 'presence') return Response.json({ users: this.present, next: null })
    if (collection === 'signals') return Response.json({}, { status: 202 })
    const user = this.user ?? 'nobody'
    const write = { collection, recordId: id, data: body, key: headers.get('idempotency-key') ?? undefined }
    if (method === 'GET') return this.#page(channel, collection, url.searchParams)
    const op = { POST: 'create', PUT: 'put', PATCH: 'patch', DELETE: 'delete' }[method] ?? ''
    const { record, at } = this.commit(channel, user, { op, ...write })
    return Response.json(record, { status: 201, headers: { 'dovetail-at': at } })
  }

  /** Poll, long-poll and stream of one channel. */
  async #changes(
    channel: string,
    query: URLSearchParams,
    headers: Headers,
    signal: AbortSignal | null,
  ): Promise<Response> {
    const log = this.log(channel)
    const after = query.get('after') ?? '0'
    const reset = () => {
      const reason = log.whyReset(after)
      if (reason !== null) throw new Refused(410, 'reset', { reason, cursor: log.cursor })
    }
    if (headers.get('accept') === 'text/event-stream') return this.#stream(channel, after, signal)
    reset()
    const rev = parseCursor(after)?.rev ?? 0
    if (query.has('wait') && log.head <= rev) await this.#park(Number(query.get('wait')) * 1000, signal)
    reset()
    const to = log.head
    return Response.json({ channel, from: rev, to, cursor: log.cursor, changes: log.changes(rev), more: false })
  }

  #park(ms: number, signal: AbortSignal | null): Promise<void> {
    return new Promise((resolve) => {
      const stopTimer = this.clock.after(ms, () => wake())
      const wake = () => {
        stopTimer()
        this.parked.delete(wake)
        resolve()
      }
      this.parked.add(wake)
      signal?.addEventListener('abort', wake)
    })
  }

  #stream(channel: string, after: string, signal: AbortSignal | null): Response {
    const log = this.log(channel)
    const encoder = new TextEncoder()
    let feed: Feed | null = null
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const socket: ServerSocket = {
          send: (frame) => controller.enqueue(encoder.encode(`event: x\ndata: ${JSON.stringify(frame)}\n\n`)),
          drop: () => {
            this.gone(socket)
            controller.error(new TypeError('terminated'))
          },
        }
        signal?.addEventListener('abort', () => socket.drop(1006))
        if (this.streamsAreSilent) return
        controller.enqueue(encoder.encode('retry: 1000\n\n'))
        const reason = log.whyReset(after)
        if (reason !== null)
          socket.send({ op: 'reset', channel, reason, epoch: log.head === 0 ? null : log.epoch, cursor: log.cursor })
        feed = {
          socket,
          rev: reason === null ? (parseCursor(after)?.rev ?? 0) : log.head,
          presence: false,
          signals: true,
        }
        const feeds = this.feeds.get(channel) ?? new Set()
        this.feeds.set(channel, feeds)
        feeds.add(feed)
        this.sockets.push(socket)
        this.catchUp(channel, socket)
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }

  #page(channel: string, collection: string, query: URLSearchParams): Response {
    const number = (name: string) => (query.has(name) ? { [name]: Number(query.get(name)) } : {})
    const limit = Number(query.get('limit') ?? 50)
    return Response.json(
      this.log(channel).page(collection, { limit, ...number('before'), ...number('after'), ...number('around') }),
    )
  }
}
