import type { PresentUser } from 'dovetail-protocol'
import { parseCursor } from 'dovetail-protocol/cursor'
import { FakeHub, type Feed } from './fake-hub.ts'
import { type FakeWrite, Refused } from './fake-log.ts'
import type { ServerSocket } from './fake-socket.ts'

export { calm, type Weather } from './fake-hub.ts'

interface BatchWrite extends FakeWrite {
  readonly channel: string
}

/** `FakeHub` with the REST transport: pages, writes, polls, long-polls and streams. */
export class FakeServer extends FakeHub {
  /** The presence list that REST returns. */
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
    if (kind === 'limits') return Response.json(this.limits)
    if (kind === 'ws')
      throw this.draining ? new Refused(503, 'draining', { retryAfter: 1 }) : new Refused(426, 'upgrade_required')
    if (kind === 'me' && channel === 'channels') return this.#myChannels(url.searchParams)
    if (kind === 'me') return Response.json({ user: this.user, name: 'Ana', guest: false, rights: {} })
    if (kind === 'channels' && collection === undefined)
      return Response.json({ name: channel, cursor: this.log(channel).cursor })
    if (kind === 'batch') return this.#batch(body as { writes: readonly BatchWrite[] })
    if (kind !== 'channels' || collection === undefined) throw new Refused(404, 'not_found')
    if (collection === 'changes') return this.#changes(channel, url.searchParams, headers, signal)
    if (collection === 'presence') return this.#presence(url.searchParams)
    if (collection === 'signals') return Response.json({}, { status: 202 })
    const user = this.user ?? 'nobody'
    const write = { collection, recordId: id, data: body, key: headers.get('idempotency-key') ?? undefined }
    if (method === 'GET') return this.#page(channel, collection, url.searchParams)
    const op = { POST: 'create', PUT: 'put', PATCH: 'patch', DELETE: 'delete' }[method] ?? ''
    const { record, at } = this.commit(channel, user, { op, ...write })
    return Response.json(record, { status: 201, headers: { 'dovetail-at': at } })
  }

  #batch({ writes }: { readonly writes: readonly BatchWrite[] }): Response {
    const results = writes.map((write) => {
      try {
        const { record, at } = this.commit(write.channel, this.user ?? 'nobody', write)
        return { status: write.op === 'append' ? 204 : 200, at, ...(write.op === 'append' ? {} : { record }) }
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        return {
          status: error.status,
          error: { type: 'x', status: error.status, code: error.code, detail: error.code },
        }
      }
    })
    return Response.json({ results })
  }

  /** Returns ten channels a page. */
  #myChannels(query: URLSearchParams): Response {
    const names = [...this.logs.keys()].sort().filter((name) => name > (query.get('after') ?? ''))
    const channels = names.slice(0, 10).map((channel) => ({ channel, head: 0, read: 0, unread: 0 }))
    return Response.json({ channels, after: names.length > 10 ? channels.at(-1)?.channel : null })
  }

  #presence(query: URLSearchParams): Response {
    const size = this.limits.pageRecords ?? 500
    const start = this.present.findIndex(({ user }) => user === query.get('after')) + 1
    const users = this.present.slice(start, start + size)
    return Response.json({ users, next: start + size < this.present.length ? users.at(-1)?.user : null })
  }

  /** Serves a poll, a long-poll or a stream of one channel. */
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
    this.requireLimit([Number(query.get('wait') ?? 0)], 'waitSecondsMax', 400, 'invalid_query')
    reset()
    const rev = parseCursor(after)?.rev ?? 0
    if (query.has('wait') && log.head <= rev) await this.#park(Number(query.get('wait')) * 1000, signal)
    reset()
    const to = log.head
    const reply = { channel, from: rev, to, cursor: log.cursor, changes: log.changes(rev), more: false }
    return Response.json(reply, { headers: query.has('wait') ? this.#readers() : {} })
  }

  #readers(): Record<string, string> {
    return this.readers === undefined ? {} : { 'dovetail-readers': String(this.readers) }
  }

  #park(ms: number, signal: AbortSignal | null): Promise<void> {
    return new Promise((resolve) => {
      const stopTimer = this.clock.after(ms, () => release())
      const release = () => {
        stopTimer()
        this.parked.delete(release)
        resolve()
      }
      this.parked.add(release)
      signal?.addEventListener('abort', release)
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
    return new Response(body, { headers: { 'content-type': 'text/event-stream', ...this.#readers() } })
  }

  #page(channel: string, collection: string, query: URLSearchParams): Response {
    const number = (name: string) => (query.has(name) ? { [name]: Number(query.get(name)) } : {})
    const limit = Number(query.get('limit') ?? Math.min(50, this.limits.pageRecords ?? 50))
    this.requireLimit([limit], 'pageRecords', 400, 'invalid_query')
    return Response.json(
      this.log(channel).page(collection, { limit, ...number('before'), ...number('after'), ...number('around') }),
    )
  }
}
