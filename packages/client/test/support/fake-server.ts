import type { Change } from '@dovetail/protocol'
import { parseCursor } from '@dovetail/protocol/cursor'
import type { FakeClock } from './fake-clock.ts'
import { FakeLog, type FakeWrite, Refused } from './fake-log.ts'
import { fakeSockets, type ServerSocket } from './fake-socket.ts'

type Body = Record<string, unknown>

interface Feed {
  readonly socket: ServerSocket
  readonly presence: boolean
  readonly signals: boolean
  rev: number
}

export interface Weather {
  /** Milliseconds until a request is seen, and again until its answer arrives. */
  delay(): number
  /** What happens to a request: `lost` before the server saw it, `unanswered` after it was done. */
  fate(method: string): 'served' | 'lost' | 'unanswered'
  /** Answers instead of the server. */
  refuse(method: string, path: string): { status: number; code: string; retryAfter?: number } | null
  /** How far below its cursor a reader's frame begins (a repeat), or above it (a hole, which only a fault makes). */
  slip(): number
}

export const calm: Weather = { delay: () => 1, fate: () => 'served', refuse: () => null, slip: () => 0 }

/** A Dovetail server in memory, on a turned-by-hand clock: enough of the protocol for the SDK, and its faults on order. */
export class FakeServer {
  readonly logs = new Map<string, FakeLog>()
  readonly clock: FakeClock
  weather: Weather
  user: string | null = 'ana'
  /** The next hellos are refused with this code. */
  refuseHello: string | null = null
  refuseUpgrade = false
  silent = false
  streamsAreSilent = false
  readonly #parked = new Set<() => void>()
  down = false
  readonly seen: Body[] = []
  readonly requests: { method: string; path: string; headers: Headers; body: unknown }[] = []
  readonly sockets: ServerSocket[] = []
  readonly WebSocket: typeof globalThis.WebSocket
  #feeds = new Map<string, Set<Feed>>()
  #epochs = 0
  connections = 0

  constructor(clock: FakeClock, weather: Weather = calm) {
    this.clock = clock
    this.weather = weather
    this.WebSocket = fakeSockets({
      opens: () => !this.down && !this.refuseUpgrade,
      attempt: () => {
        this.connections += 1
      },
      opened: (socket) => void this.sockets.push(socket),
      received: (socket, text) => this.#receive(socket, JSON.parse(text) as Body & { id: number }),
      gone: (socket) => this.#gone(socket),
      clock,
      delay: () => this.weather.delay(),
    })
  }

  log(channel: string): FakeLog {
    const known = this.logs.get(channel)
    if (known !== undefined) return known
    const log = new FakeLog(`E${(this.#epochs += 1)}`)
    this.logs.set(channel, log)
    return log
  }

  /** A write by somebody, committed now and sent to those who read along. */
  commit(channel: string, user: string, write: FakeWrite): ReturnType<FakeLog['write']> {
    const log = this.log(channel)
    const from = log.head
    const written = log.write(user, write)
    if (written.change !== null) this.#publish(channel, from, [written.change])
    return written
  }

  restartLog(channel: string): void {
    const log = this.log(channel)
    log.restart(`E${(this.#epochs += 1)}`)
    for (const wake of [...this.#parked]) wake()
    for (const feed of this.#feeds.get(channel) ?? []) {
      feed.rev = 0
      feed.socket.send({ op: 'reset', channel, reason: 'epoch', epoch: null, cursor: '0' })
    }
  }

  signal(channel: string, frame: Body): void {
    for (const feed of this.#feeds.get(channel) ?? []) if (feed.signals) feed.socket.send({ op: 'signal', channel, ...frame })
  }

  subscriptions(channel: string): number {
    return this.#feeds.get(channel)?.size ?? 0
  }

  /** Cuts every connection. */
  cut(code = 1006): void {
    for (const wake of [...this.#parked]) wake()
    for (const socket of [...this.sockets]) socket.drop(code)
  }

  #publish(channel: string, from: number, changes: readonly Change[]): void {
    const log = this.log(channel)
    for (const wake of [...this.#parked]) wake()
    for (const feed of this.#feeds.get(channel) ?? []) {
      const slip = Math.max(0, from + this.weather.slip())
      feed.rev = log.head
      const news = slip === from ? changes : log.changes(slip)
      feed.socket.send({ op: 'changes', channel, from: slip, to: log.head, ...(slip === 0 ? { epoch: log.epoch } : {}), changes: news })
    }
  }

  #gone(socket: ServerSocket): void {
    const index = this.sockets.indexOf(socket)
    if (index >= 0) this.sockets.splice(index, 1)
    for (const feeds of this.#feeds.values()) for (const feed of feeds) if (feed.socket === socket) feeds.delete(feed)
  }

  #receive(socket: ServerSocket, frame: Body & { id: number }): void {
    if (this.silent) return
    this.seen.push(frame)
    if (frame.op === 'hello' && this.refuseHello !== null) {
      socket.send({ id: frame.id, error: { code: this.refuseHello, detail: 'refused' } })
      return socket.drop(4401)
    }
    try {
      const ok = this.#command(socket, frame)
      if (ok !== null) socket.send({ id: frame.id, ok })
      if (frame.op === 'subscribe') this.#catchUp(String(frame.channel), socket)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      socket.send({ id: frame.id, error: { code: error.code, detail: error.code, ...error.more } })
    }
  }

  #command(socket: ServerSocket, frame: Body): unknown {
    const channel = String(frame.channel)
    switch (frame.op) {
      case 'hello':
        return { user: this.user, connection: 'c1', limits: {}, serverTime: '2026-11-25T00:00:00.000Z' }
      case 'ping':
        return { serverTime: '2026-11-25T00:00:00.000Z' }
      case 'subscribe':
        return this.#subscribe(socket, channel, frame)
      case 'unsubscribe':
        for (const feed of this.#feeds.get(channel) ?? []) if (feed.socket === socket) this.#feeds.get(channel)?.delete(feed)
        return {}
      case 'signal':
      case 'state':
        return null
      default:
        return this.#write(channel, frame)
    }
  }

  #write(channel: string, frame: Body): unknown {
    const refusal = this.weather.refuse(String(frame.op), channel)
    if (refusal !== null) throw new Refused(refusal.status, refusal.code, { retryAfter: refusal.retryAfter })
    const { record, at } = this.commit(channel, this.user ?? 'nobody', frame as unknown as FakeWrite)
    return { record, at }
  }

  #subscribe(socket: ServerSocket, channel: string, frame: Body): unknown {
    const refusal = this.weather.refuse('subscribe', channel)
    if (refusal !== null) throw new Refused(refusal.status, refusal.code, { retryAfter: refusal.retryAfter })
    const log = this.log(channel)
    const after = typeof frame.after === 'string' ? frame.after : null
    const reason = after === null ? null : log.whyReset(after)
    const rev = after !== null && reason === null ? (parseCursor(after)?.rev ?? 0) : log.head
    const feeds = this.#feeds.get(channel) ?? new Set()
    this.#feeds.set(channel, feeds)
    for (const feed of feeds) if (feed.socket === socket) feeds.delete(feed)
    feeds.add({ socket, rev, presence: frame.presence === true, signals: frame.signals === true })
    const wantsPages = after === null || reason !== null
    const last = wantsPages ? Object.entries((frame.last ?? {}) as Record<string, number>) : []
    const snapshot = Object.fromEntries(last.map(([name, limit]) => [name, log.page(name, { limit })]))
    return {
      channel,
      resume: reason !== null ? 'reset' : rev < log.head ? 'catching_up' : 'live',
      ...(reason === null ? {} : { reason }),
      epoch: log.head === 0 ? null : log.epoch,
      cursor: after !== null && reason === null ? after : log.cursor,
      ...(last.length > 0 ? { snapshot } : {}),
      ...(frame.presence === true ? { presence: [{ user: this.user, since: '2026-11-25T00:00:00.000Z' }] } : {}),
    }
  }

  #catchUp(channel: string, socket: ServerSocket): void {
    const log = this.log(channel)
    for (const feed of this.#feeds.get(channel) ?? []) {
      if (feed.socket !== socket || feed.rev >= log.head) continue
      socket.send({ op: 'changes', channel, from: feed.rev, to: log.head, changes: log.changes(feed.rev) })
      feed.rev = log.head
    }
  }

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

  async #answer(method: string, url: URL, body: unknown, headers: Headers, signal: AbortSignal | null): Promise<Response> {
    try {
      const refusal = this.weather.refuse(method, url.pathname)
      if (refusal !== null) throw new Refused(refusal.status, refusal.code, { retryAfter: refusal.retryAfter })
      return await this.route(method, url, body, headers, signal)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const problem = { type: 'x', status: error.status, code: error.code, detail: error.code, ...error.more }
      return Response.json(problem, { status: error.status })
    }
  }

  protected route(method: string, url: URL, body: unknown, headers: Headers, signal: AbortSignal | null): Response | Promise<Response> {
    const [, , kind, channel = '', collection, id] = url.pathname.split('/').map(decodeURIComponent)
    if (kind === 'limits') return Response.json({})
    if (kind === 'me') return Response.json({ user: this.user, name: 'Ana', guest: false, rights: {} })
    if (kind !== 'channels' || collection === undefined) throw new Refused(404, 'not_found')
    if (collection === 'changes') return this.#changes(channel, url.searchParams, headers, signal)
    if (collection === 'signals') return Response.json({}, { status: 202 })
    const user = this.user ?? 'nobody'
    const write = { collection, recordId: id, data: body, key: headers.get('idempotency-key') ?? undefined }
    if (method === 'GET') return this.#page(channel, collection, url.searchParams)
    const op = { POST: 'create', PUT: 'put', PATCH: 'patch', DELETE: 'delete' }[method] ?? ''
    const { record, at } = this.commit(channel, user, { op, ...write })
    return Response.json(record, { status: 201, headers: { 'dovetail-at': at } })
  }

  /** Poll, long-poll and stream of one channel. */
  async #changes(channel: string, query: URLSearchParams, headers: Headers, signal: AbortSignal | null): Promise<Response> {
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
        this.#parked.delete(wake)
        resolve()
      }
      this.#parked.add(wake)
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
            this.#gone(socket)
            controller.error(new TypeError('terminated'))
          },
        }
        signal?.addEventListener('abort', () => socket.drop(1006))
        if (this.streamsAreSilent) return
        controller.enqueue(encoder.encode('retry: 1000\n\n'))
        const reason = log.whyReset(after)
        if (reason !== null) socket.send({ op: 'reset', channel, reason, epoch: log.head === 0 ? null : log.epoch, cursor: log.cursor })
        feed = { socket, rev: reason === null ? (parseCursor(after)?.rev ?? 0) : log.head, presence: false, signals: true }
        const feeds = this.#feeds.get(channel) ?? new Set()
        this.#feeds.set(channel, feeds)
        feeds.add(feed)
        this.sockets.push(socket)
        this.#catchUp(channel, socket)
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }

  #page(channel: string, collection: string, query: URLSearchParams): Response {
    const number = (name: string) => (query.has(name) ? { [name]: Number(query.get(name)) } : {})
    const limit = Number(query.get('limit') ?? 50)
    return Response.json(this.log(channel).page(collection, { limit, ...number('before'), ...number('after'), ...number('around') }))
  }
}
