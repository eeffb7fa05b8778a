/**
 * Sends a channel's entries one after the other, in the order they were written, until each is acknowledged
 * or refused. An unanswered entry is sent again with the same key, after a back-off.
 */
import { parseCursor } from 'dovetail-protocol/cursor'
import { backOffMs } from '../base/back-off.ts'
import type { Stop } from '../base/clock.ts'
import { DovetailError } from '../base/errors.ts'
import type { Network } from '../base/network.ts'
import type { Connection } from '../connection/connection.ts'
import { showsAppends } from './appended.ts'
import { findOutcome } from './find-outcome.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import { Outcomes, type OutcomesOptions } from './outcomes.ts'
import { appends } from './shown-appends.ts'
import type { Written } from './write.ts'
import { Writer } from './writer.ts'

/** How often one write is tried when a retryable error repeats; then it fails, so that the user can decide. */
const maxAttempts = 5
/** Servers remember idempotency keys for at least this long (docs/protocol.md, PRM7). */
const keyHours = 24
/** How many of the latest records known to be the outcome of a write are remembered. */
const maxClaimed = 1000

export interface SenderOptions extends OutcomesOptions {
  readonly network: Network
  readonly connection: Connection
  /** The cursor that is held of a channel; null: one is about to be; undefined: nobody follows it. */
  readonly origin: (channel: string) => string | null | undefined
  /** Whether the entry is the caller's. */
  readonly isOwn: (entry: OutboxEntry) => boolean
}

type Verdict = 'next' | 'again' | 'pause'

export class OutboxSender {
  readonly #options: SenderOptions
  readonly #running = new Set<string>()
  readonly #pauses = new Map<string, Stop>()
  /** How many attempts failed, by key of the entries that this client sent. Other entries in state `sent` were sent by a former page. */
  readonly #attempts = new Map<string, number>()
  readonly #claimed = new Set<string>()
  /** The log cursor of each channel's last acknowledged write. */
  readonly #lastAt = new Map<string, string>()

  readonly #writer: Writer
  readonly #outcomes: Outcomes

  constructor(options: SenderOptions) {
    this.#options = options
    this.#writer = new Writer(options.network, options.connection)
    this.#outcomes = new Outcomes(options)
    appends.shows = showsAppends
    // What a former page has appended can be shown from now on.
    options.queue.changed.notify()
  }

  /** Sends a channel's waiting entries, if the connection's state allows it. */
  async run(channel: string): Promise<void> {
    if (this.#running.has(channel) || this.#pauses.has(channel)) return
    this.#running.add(channel)
    let failures = 0
    for (let entry = this.#next(channel); entry !== undefined && this.#isReady; entry = this.#next(channel)) {
      const since = this.#sinceOf(entry)
      // Waits for the cursor first: without it the write's own record could not be told from older ones.
      if (since === null) break
      const verdict = await this.#send({ ...entry, since: since ?? null }, failures)
      if (verdict === 'pause') break
      failures = verdict === 'again' ? failures + 1 : 0
    }
    this.#running.delete(channel)
  }

  /** Ends every back-off. */
  hurry(): void {
    for (const stop of [...this.#pauses.values()]) stop()
    this.#pauses.clear()
  }

  get #isReady(): boolean {
    const { state } = this.#options.connection
    // Requests may succeed although the socket was refused.
    return state.name === 'open' || state.name === 'idle' || (state.name === 'closed' && state.error !== null)
  }

  #next(channel: string): OutboxEntry | undefined {
    for (const entry of this.#options.queue.ofChannel(channel)) {
      if (entry.progress.name !== 'failed' && this.#options.isOwn(entry)) return entry
    }
    return undefined
  }

  /** The highest cursor that is known before the entry is first sent. Null: one is about to be known. */
  #sinceOf(entry: OutboxEntry): string | null | undefined {
    if (entry.sentAt !== null) return entry.since ?? undefined
    const origin = this.#options.origin(entry.channel)
    const known = [entry.since, this.#lastAt.get(entry.channel), origin].reduce(newest, undefined)
    return known ?? origin
  }

  async #send(entry: OutboxEntry, failures: number): Promise<Verdict> {
    const { queue, network } = this.#options
    const attempts = this.#attempts.get(entry.key)
    try {
      const outcome = await this.#outcomeOf(entry, attempts)
      // Meanwhile it may have been discarded, or an edit became part of it.
      const current = queue.get(entry.key)
      if (outcome === 'settled' || current === undefined) return 'next'
      const now = network.clock.now()
      queue.update(entry.key, { progress: { name: 'sent' }, since: entry.since, sentAt: entry.sentAt ?? now })
      this.#attempts.set(entry.key, attempts ?? 0)
      const { op, channel, collection, recordId, data, ifRev, key } = current
      // A message that breaks the connection each time would never arrive, so every other attempt is a REST request.
      const written = await this.#writer.once(
        { op, channel, collection, recordId, data, ifRev, key },
        (attempts ?? 0) % 2 === 0 ? 'any' : 'rest',
      )
      this.#acknowledge(entry, written)
      return 'next'
    } catch (cause) {
      return this.#failed(entry, cause, failures)
    }
  }

  /** Searches the log for a write that a former page sent, or whose key the server may have forgotten. */
  async #outcomeOf(entry: OutboxEntry, attempts: number | undefined): Promise<'settled' | 'send'> {
    const { clock } = this.#options.network
    // The absolute difference, since the clock may have been put back.
    const isForgotten = entry.sentAt !== null && Math.abs(clock.now() - entry.sentAt) > keyHours * 3_600_000
    if (entry.sentAt === null || (attempts !== undefined && !isForgotten)) return 'send'
    const outcome = await findOutcome(this.#options.network, entry, (id) => this.#claimed.has(id))
    switch (outcome.name) {
      case 'written':
        this.#acknowledge(entry, outcome.written)
        return 'settled'
      case 'absent':
        return 'send'
      case 'unclear':
        if (!isForgotten) return 'send'
        this.#refuse(
          entry,
          new DovetailError('outcome_unknown', 'It may have been done: look before it is sent again.'),
        )
        return 'settled'
    }
  }

  #acknowledge(entry: OutboxEntry, written: Written): void {
    this.#attempts.delete(entry.key)
    if (entry.op === 'create' && written.record !== null) this.#claim(written.record.id)
    if (written.at !== null) this.#lastAt.set(entry.channel, written.at)
    this.#outcomes.acknowledge(entry, written)
  }

  #claim(id: string): void {
    this.#claimed.add(id)
    const [oldest] = this.#claimed
    if (this.#claimed.size > maxClaimed && oldest !== undefined) this.#claimed.delete(oldest)
  }

  #refuse(entry: OutboxEntry, error: DovetailError): void {
    this.#attempts.delete(entry.key)
    this.#outcomes.refuse(entry, error)
  }

  async #failed(entry: OutboxEntry, cause: unknown, failures: number): Promise<Verdict> {
    const error = cause instanceof DovetailError ? cause : new DovetailError('misuse', String(cause), { cause })
    const attempts = (this.#attempts.get(entry.key) ?? 0) + 1
    if (this.#isFinal(error, attempts)) {
      this.#refuse(entry, error)
      return 'next'
    }
    this.#attempts.set(entry.key, attempts)
    // A 429 means that nothing was written.
    if (error.code === 'rate_limited' && entry.sentAt === null) {
      this.#options.queue.update(entry.key, { progress: { name: 'waiting' }, sentAt: null })
    }
    const { random } = this.#options.network
    return this.#pause(entry.channel, backOffMs(failures, random, (error.retryAfter ?? 0) * 1000))
  }

  #isFinal(error: DovetailError, attempts: number): boolean {
    const isRenewable = error.code === 'token_expired' && this.#options.network.signIn.canRenew
    if (!error.retryable && !isRenewable) return true
    // A 4xx without a problem document: a proxy refuses the write, perhaps for good.
    const isOdd = error.code === 'network' && error.status >= 400 && error.status < 500
    return (isOdd || isRenewable || error.code === 'internal') && attempts >= maxAttempts
  }

  async #pause(channel: string, ms: number): Promise<Verdict> {
    if (!this.#isReady) return 'pause' // The next change of the connection's state goes on.
    return new Promise((resolve) => {
      const end = () => {
        this.#pauses.delete(channel)
        resolve('again')
      }
      const stopTimer = this.#options.network.clock.after(ms, end)
      this.#pauses.set(channel, () => {
        stopTimer()
        end()
      })
    })
  }
}

/** The higher one of two cursors of one epoch; of two epochs, the newer cursor. */
function newest(known: string | undefined, next: string | null | undefined): string | undefined {
  const [a, b] = [parseCursor(known ?? ''), parseCursor(next ?? '')]
  if (b === null) return known
  return a === null || a.epoch !== b.epoch || b.rev >= a.rev ? (next ?? known) : known
}
