import type { Change } from 'dovetail-protocol'
import { parseCursor } from 'dovetail-protocol/cursor'
import type { FakeClock } from './fake-clock.ts'
import { FakeLog, type FakeWrite, Refused } from './fake-log.ts'
import { fakeSockets, type ServerSocket } from './fake-socket.ts'

type Body = Record<string, unknown>

export interface Feed {
  readonly socket: ServerSocket
  readonly presence: boolean
  readonly signals: boolean
  rev: number
}

export interface Weather {
  /** Milliseconds until the server receives a request, and again until its answer arrives. */
  delay(): number
  /** What happens to a request: `lost` before the server received it, `unanswered` after the server served it. */
  fate(method: string): 'served' | 'lost' | 'unanswered'
  /** A refusal that is answered instead of the server's reply. */
  refuse(method: string, path: string): { status: number; code: string; retryAfter?: number } | null
  /** How many revisions below its cursor a reader's frame begins (a repeat), or above it (a gap, which only a fault causes). */
  slip(): number
}

export const calm: Weather = { delay: () => 1, fate: () => 'served', refuse: () => null, slip: () => 0 }

/** A Dovetail server's channels in memory and its WebSocket transport, on a fake clock: as much of the protocol as the SDK uses, and the faults that a test asks for. */
export class FakeHub {
  readonly logs = new Map<string, FakeLog>()
  readonly clock: FakeClock
  weather: Weather
  user: string | null = 'ana'
  /** The next hellos are refused with this code. */
  refuseHello: string | null = null
  refuseUpgrade = false
  silent = false
  streamsAreSilent = false
  protected readonly parked = new Set<() => void>()
  down = false
  /** The node is leaving: it refuses upgrades, and serves the rest. */
  draining = false
  /** Sent by the hello and by `GET /v1/limits`; this server enforces the limits of pages, waits and messages. */
  limits: Record<string, number> = {}
  /** The largest message that a gateway before the server lets pass. */
  gatewayBytes = Number.POSITIVE_INFINITY
  /** The reader count of the hello; undefined: an older server, which sends none. */
  readers: number | undefined
  /** A failed opening fires `error` and no `close`, as Node 22's own WebSocket does. */
  openingsEndSilently = false
  /** Who writes by a socket gets the reply first, and then the change, as from a server that gathers changes. */
  repliesFirst = false
  #held: (() => void)[] | null = null
  readonly seen: Body[] = []
  readonly requests: { method: string; path: string; headers: Headers; body: unknown }[] = []
  readonly sockets: ServerSocket[] = []
  readonly WebSocket: typeof globalThis.WebSocket
  protected readonly feeds = new Map<string, Set<Feed>>()
  #epochs = 0
  connections = 0

  constructor(clock: FakeClock, weather: Weather = calm) {
    this.clock = clock
    this.weather = weather
    this.WebSocket = fakeSockets({
      opens: () => !this.down && !this.draining && !this.refuseUpgrade,
      firesCloseOfFailedOpening: () => !this.openingsEndSilently,
      attempt: () => {
        this.connections += 1
      },
      opened: (socket) => void this.sockets.push(socket),
      received: (socket, text) => this.#receive(socket, JSON.parse(text) as Body & { id: number }),
      gone: (socket) => this.gone(socket),
      clock,
      delay: () => this.weather.delay(),
    })
  }

  log(channel: string): FakeLog {
    const known = this.logs.get(channel)
    if (known !== undefined) return known
    const log = new FakeLog(this.#newEpoch())
    this.logs.set(channel, log)
    return log
  }

  /** Commits a write of `user` now and sends it to the channel's subscribers. */
  commit(channel: string, user: string, write: FakeWrite): ReturnType<FakeLog['write']> {
    const log = this.log(channel)
    const from = log.head
    const written = log.write(user, write)
    if (written.change !== null) this.#publish(channel, from, [written.change])
    return written
  }

  #newEpoch(): string {
    this.#epochs += 1
    return `E${this.#epochs}`
  }

  restartLog(channel: string): void {
    const log = this.log(channel)
    log.restart(this.#newEpoch())
    this.resetReaders(channel, 'epoch')
  }

  /** Sends a reset to the channel's subscribers; polls get the reset when they send their cursor. */
  resetReaders(channel: string, reason: 'epoch' | 'ahead' | 'expired'): void {
    const log = this.log(channel)
    for (const release of [...this.parked]) release()
    for (const feed of this.feeds.get(channel) ?? []) {
      feed.rev = log.head
      const epoch = log.head === 0 ? null : log.epoch
      feed.socket.send({ op: 'reset', channel, reason, epoch, cursor: log.cursor })
    }
  }

  signal(channel: string, frame: Body): void {
    for (const feed of this.feeds.get(channel) ?? [])
      if (feed.signals) feed.socket.send({ op: 'signal', channel, ...frame })
  }

  /** The most records of a snapshot that fit one message. */
  snapshotRecords = Number.POSITIVE_INFINITY

  subscriptions(channel: string): number {
    return this.feeds.get(channel)?.size ?? 0
  }

  /** Cuts every connection. */
  cut(code = 1006): void {
    for (const release of [...this.parked]) release()
    for (const socket of [...this.sockets]) socket.drop(code)
  }

  #publish(channel: string, from: number, changes: readonly Change[]): void {
    if (this.#held !== null) {
      this.#held.push(() => this.#publish(channel, from, changes))
      return
    }
    const log = this.log(channel)
    for (const release of [...this.parked]) release()
    for (const feed of this.feeds.get(channel) ?? []) {
      const slip = Math.max(0, from + this.weather.slip())
      feed.rev = log.head
      const news = slip === from ? changes : log.changes(slip)
      feed.socket.send({
        op: 'changes',
        channel,
        from: slip,
        to: log.head,
        ...(slip === 0 ? { epoch: log.epoch } : {}),
        changes: news,
      })
    }
  }

  protected gone(socket: ServerSocket): void {
    const index = this.sockets.indexOf(socket)
    if (index >= 0) this.sockets.splice(index, 1)
    for (const feeds of this.feeds.values()) for (const feed of feeds) if (feed.socket === socket) feeds.delete(feed)
  }

  #receive(socket: ServerSocket, frame: Body & { id: number }): void {
    if (this.silent) return
    const most = Math.min(this.gatewayBytes, this.limits.messageBytes ?? Number.POSITIVE_INFINITY)
    if (JSON.stringify(frame).length > most) {
      socket.drop(1009)
      return
    }
    this.seen.push(frame)
    if (frame.op === 'hello' && this.refuseHello !== null) {
      socket.send({ id: frame.id, error: { code: this.refuseHello, detail: 'refused' } })
      socket.drop(4401)
      return
    }
    const held: (() => void)[] = []
    if (this.repliesFirst) this.#held = held
    try {
      const ok = this.#command(socket, frame)
      if (ok !== null) socket.send({ id: frame.id, ok })
      if (frame.op === 'subscribe') this.catchUp(String(frame.channel), socket)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      socket.send({ id: frame.id, error: { code: error.code, detail: error.code, ...error.more } })
    } finally {
      this.#held = null
      for (const publish of held) this.clock.after(this.weather.delay(), publish)
    }
  }

  #command(socket: ServerSocket, frame: Body): unknown {
    const channel = String(frame.channel)
    switch (frame.op) {
      case 'hello':
        return {
          user: this.user,
          connection: 'c1',
          limits: this.limits,
          readers: this.readers,
          serverTime: '2026-11-25T00:00:00.000Z',
        }
      case 'ping':
        return { serverTime: '2026-11-25T00:00:00.000Z' }
      case 'subscribe':
        return this.#subscribe(socket, channel, frame)
      case 'unsubscribe':
        for (const feed of this.feeds.get(channel) ?? [])
          if (feed.socket === socket) this.feeds.get(channel)?.delete(feed)
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
    return frame.op === 'append' ? { at } : { record, at }
  }

  #subscribe(socket: ServerSocket, channel: string, frame: Body): unknown {
    const refusal = this.weather.refuse('subscribe', channel)
    if (refusal !== null) throw new Refused(refusal.status, refusal.code, { retryAfter: refusal.retryAfter })
    const log = this.log(channel)
    const after = typeof frame.after === 'string' ? frame.after : null
    const reason = after === null ? null : log.whyReset(after)
    const rev = after !== null && reason === null ? (parseCursor(after)?.rev ?? 0) : log.head
    const feeds = this.feeds.get(channel) ?? new Set()
    this.feeds.set(channel, feeds)
    for (const feed of feeds) if (feed.socket === socket) feeds.delete(feed)
    feeds.add({ socket, rev, presence: frame.presence === true, signals: frame.signals === true })
    const wantsPages = after === null || reason !== null
    this.requireLimit(Object.values((frame.last ?? {}) as Record<string, number>), 'pageRecords', 422, 'invalid_data')
    const last = wantsPages ? Object.entries((frame.last ?? {}) as Record<string, number>) : []
    const fits = (limit: number) => Math.min(limit, this.snapshotRecords)
    const snapshot = Object.fromEntries(last.map(([name, limit]) => [name, log.page(name, { limit: fits(limit) })]))
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

  protected requireLimit(asked: readonly number[], limit: string, status: number, code: string): void {
    if (asked.some((value) => value > (this.limits[limit] ?? Number.POSITIVE_INFINITY))) throw new Refused(status, code)
  }

  protected catchUp(channel: string, socket: ServerSocket): void {
    const log = this.log(channel)
    for (const feed of this.feeds.get(channel) ?? []) {
      if (feed.socket !== socket || feed.rev >= log.head) continue
      socket.send({ op: 'changes', channel, from: feed.rev, to: log.head, changes: log.changes(feed.rev) })
      feed.rev = log.head
    }
  }
}
