/**
 * Graceful shutdown. Every reader gets its own time to reconnect, so that not all reconnect at once. Until then the node
 * accepts new connections, even from its own readers: a load balancer may not know yet that the node shuts down, and a
 * standard EventSource never reconnects after a refusal. Running commits and requests are finished. The node cuts a peer
 * that answers no close frame, reads nothing or has sent half a request, so that no peer delays the shutdown.
 */
import type { CommitGroup } from '../core/log/group.ts'
import { type Clock, pause } from '../ports/clock.ts'
import type { Reader, Readers } from '../transports/connections/readers.ts'
import type { Requests } from '../transports/http/requests.ts'

export interface DrainOptions {
  readonly clock: Clock
  readonly groups: readonly CommitGroup[]
  readonly readers: Readers
  readonly requests: Requests
  /** Stops accepting connections. */
  readonly stopListening: () => void
  /** The time for the whole shutdown, in ms, closing the stores included. */
  readonly withinMs: number
}

/** The longest time between two readers' slots, so that a shutdown with few readers is short. */
const slotMs = 100
/** How often the drain checks who has left. */
const stepMs = 20

/** The time, in ms, that a peer has to close its connection, and that the stores have to close. */
function graceMs(withinMs: number): number {
  return Math.max(100, Math.min(1000, withinMs / 4))
}

export async function drain(options: DrainOptions): Promise<void> {
  const { clock, groups, readers, requests, stopListening, withinMs } = options
  const startedAt = clock.monotonic()
  const grace = graceMs(withinMs)
  const departures = new Departures(clock, readers, grace)
  // A kept-alive connection would keep its client on this node.
  requests.closeAfterReply()
  await leaveInTurn(clock, readers, departures, Math.max(0, withinMs - 2 * grace))
  stopListening()
  const deadline = Math.max(clock.monotonic() + grace, startedAt + withinMs - grace)
  await finish(options, departures, deadline, clock.monotonic() + grace)
  await committed(groups, clock, Math.max(0, deadline - clock.monotonic()))
}

/** Announces to each reader its slot, spread over `spreadMs`, and ends the reader at that time. */
async function leaveInTurn(clock: Clock, readers: Readers, departures: Departures, spreadMs: number): Promise<void> {
  const all = [...readers]
  const startedAt = clock.monotonic()
  const untilLastMs = Math.min(spreadMs, all.length * slotMs)
  let slots = all.map((reader, index) => ({ reader, atMs: Math.round((untilLastMs * (index + 1)) / all.length) }))
  for (const { reader, atMs } of slots) reader.goAway({ reconnectInMs: atMs, servedForMs: untilLastMs - atMs })
  // A reader that has left needs no slot any more; one that came later has none, and ends with the rest.
  while (slots.length > 0 && readers.size > 0) {
    const passedMs = clock.monotonic() - startedAt
    for (const { reader, atMs } of slots) if (atMs <= passedMs) departures.begin(reader)
    slots = slots.filter(({ atMs }) => atMs > passedMs)
    departures.cutOverdue()
    if (slots.length > 0) await pause(clock, stepMs)
  }
}

/** Ends the remaining readers and waits until there is no reader and no running request, or until `deadline`. */
async function finish(
  { clock, readers, requests }: DrainOptions,
  departures: Departures,
  deadline: number,
  cutAt: number,
): Promise<void> {
  for (;;) {
    for (const reader of readers) departures.begin(reader)
    departures.cutOverdue()
    const now = clock.monotonic()
    if ((readers.size === 0 && requests.underWay === 0) || now >= deadline) return
    if (now >= cutAt) requests.cutSlowPeers()
    await pause(clock, stepMs)
  }
}

/** Waits for the running commits, but no longer than `atMostMs`. */
function committed(groups: readonly CommitGroup[], clock: Clock, atMostMs: number): Promise<void> {
  return new Promise((resolve) => {
    // A running timer would keep the process alive.
    const cancel = clock.after(atMostMs, resolve)
    void Promise.all(groups.map((group) => group.drained())).then(() => {
      cancel()
      resolve()
    })
  })
}

/** The readers that were asked to leave and have not left yet. */
class Departures {
  readonly #clock: Clock
  readonly #readers: Readers
  readonly #graceMs: number
  readonly #overdueAt = new Map<Reader, number>()

  constructor(clock: Clock, readers: Readers, grace: number) {
    this.#clock = clock
    this.#readers = readers
    this.#graceMs = grace
  }

  /** Asks the reader to leave, unless that was done before. */
  begin(reader: Reader): void {
    if (this.#overdueAt.has(reader)) return
    reader.leave()
    this.#overdueAt.set(reader, this.#clock.monotonic() + this.#graceMs)
  }

  cutOverdue(): void {
    const now = this.#clock.monotonic()
    for (const [reader, overdueAt] of this.#overdueAt) {
      if (overdueAt > now) continue
      this.#overdueAt.delete(reader)
      if (this.#readers.has(reader)) reader.cut()
    }
  }
}
