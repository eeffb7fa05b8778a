/**
 * What one node does for one named consumer: it knows which channels may have something new, claims them for its workers
 * and reads them. Position and leases are in the store; what is kept here are hints, and a wrong one costs a claim in
 * vain, or time.
 *
 *     something new ──► due ──claim──► held by a worker ──acknowledge──► free, or due again
 *                        ▲  └─refused─► waits ─┐   └─release, lease over─┐
 *                        └─────────────────────┴─────────────────────────┘
 */
import { formatCursor, parseCursor } from 'dovetail-protocol'
import type { Stop } from '../../ports/clock.ts'
import type { Settlement, StoredConsumer } from '../../ports/consumers/consumers.ts'
import type { Caller } from '../access/caller.ts'
import { matchesPattern, parsePattern } from '../following/channel-pattern.ts'
import { Failure } from '../rules/failure.ts'
import type { ConsumerContext } from './context.ts'
import { foundConsumer, noConsumer, requireConsumerStaff, requireListed } from './found-consumer.ts'
import type { Acknowledgement, ConsumedPage, PageRequest, Release } from './page.ts'
import { type ConsumedPart, readParts } from './read-parts.ts'
import { WaitingChannels } from './waiting-channels.ts'

/** How often a node asks whether another one has reset or deleted the consumer. */
const checkMs = 5000

export class Consumption {
  readonly #core: ConsumerContext
  readonly #name: string
  readonly #onAcknowledged: () => void
  readonly #waiting = new WaitingChannels()
  /** Channels that may have something new, in the order in which they are claimed. */
  readonly #due = new Set<string>()
  readonly #resumes = new Set<() => void>()
  #listening: Stop | null = null
  #known: StoredConsumer | null = null
  #checkedAt = Number.NEGATIVE_INFINITY
  #isListed = false
  #listing: Promise<number> | null = null
  usedAt: number

  constructor(core: ConsumerContext, name: string, onAcknowledged: () => void = () => {}) {
    this.#core = core
    this.#name = name
    this.#onAcknowledged = onAcknowledged
    this.usedAt = core.clock.monotonic()
  }

  get leaseMs(): number {
    return this.#core.limits.leaseSeconds * 1000
  }

  /** Forgets which channels have something new: positions or the consumer itself have changed. */
  relist(): void {
    this.#isListed = false
    this.#checkedAt = Number.NEGATIVE_INFINITY
    this.#resumeAll()
  }

  close(): void {
    this.#listening?.()
    this.#listening = null
    this.relist()
  }

  /**
   * Claims channels that have something new for a worker, and reads it. A page without channels holds nothing.
   * Throws `not_found`, `unauthenticated`, `forbidden` or `store_unavailable`.
   */
  async next(caller: Caller, request: PageRequest): Promise<ConsumedPage> {
    requireConsumerStaff(caller)
    const looked = await this.#listDue()
    this.#takeOver()
    const channels = this.#takeDue(request.channels ?? this.#core.limits.pollChannels)
    const lease = this.#core.newId()
    const nothing = { lease: '', leaseMs: this.leaseMs, channels: [], more: this.#due.size > 0, looked }
    if (channels.length === 0) return nothing
    try {
      const parts = await this.#claim(caller, { ...request, lease, claimed: channels })
      if (parts.length === 0) return { ...nothing, more: this.#due.size > 0 }
      const changes = parts.reduce((sum, part) => sum + ('changes' in part ? part.changes.length : 0), 0)
      return { ...nothing, lease, channels: parts, more: this.#due.size > 0, looked: looked + changes }
    } catch (error) {
      for (const channel of channels) this.#become(channel)
      if (!(error instanceof Failure) || error.code !== 'lease_lost') throw error
      // The consumer was reset while this read for it.
      this.relist()
      return { ...nothing, more: true }
    }
  }

  #takeDue(most: number): readonly string[] {
    const taken: string[] = []
    for (const channel of this.#due) {
      if (taken.length >= most) break
      this.#due.delete(channel)
      taken.push(channel)
    }
    return taken
  }

  async #claim(
    caller: Caller,
    request: PageRequest & { readonly lease: string; readonly claimed: readonly string[] },
  ): Promise<readonly ConsumedPart[]> {
    const { lease, worker, claimed: channels } = request
    const { consumers, clock, limits } = this.#core
    const claims = await consumers.claim({ consumer: this.#name, channels, lease, worker, leaseMs: this.leaseMs })
    if (claims === null) throw this.#gone()
    const now = clock.monotonic()
    for (const { channel, freeInMs } of claims.refused) this.#waiting.delay(channel, now + freeInMs)
    const names = claims.claimed.map(({ channel }) => channel)
    this.#waiting.hold(names, lease, now + this.leaseMs)
    try {
      const bounds = { changes: request.changes, bytes: request.bytes ?? limits.replyBytes }
      const { parts, settled, more } = await readParts(this.#core, caller, claims.claimed, bounds)
      for (const channel of more) this.#waiting.touch(channel)
      for (const { channel, cursor } of [...settled, ...parts]) if (cursor !== null) this.#waiting.give(channel, cursor)
      await this.#settle(lease, settled)
      return parts
    } catch (error) {
      await this.#settle(
        lease,
        names.map((channel) => freed(channel, null)),
      ).catch(() => undefined)
      throw error
    }
  }

  /** Moves the position, and frees channels that are not kept. Throws `lease_lost` where another worker has one of them. */
  async acknowledge(lease: string, done: readonly Acknowledgement[]): Promise<void> {
    for (const { cursor } of done) requireCursor(cursor)
    const last = new Map(done.map((each) => [each.channel, each]))
    await this.#settle(
      lease,
      [...last.values()].map(({ channel, cursor, keep = false }) => ({ channel, cursor, keep, delayMs: 0 })),
    )
    this.#onAcknowledged()
  }

  /** Frees channels without moving the position: somebody gets the same again. Throws `lease_lost`. */
  async release(lease: string, releases: readonly Release[]): Promise<void> {
    for (const { channel } of releases) this.#waiting.touch(channel)
    const last = new Map(releases.map((each) => [each.channel, each]))
    await this.#settle(
      lease,
      [...last.values()].map(({ channel, delayMs }) => freed(channel, null, delayMs)),
    )
  }

  /** Prolongs the lease of the channels that are held under it. Throws `lease_lost` where there are none. */
  async renew(lease: string): Promise<void> {
    this.#use()
    const until = this.#core.clock.monotonic() + this.leaseMs
    if ((await this.#core.consumers.renew(this.#name, lease, this.leaseMs)) === 0) throw leaseLost()
    this.#waiting.prolong(lease, until)
  }

  /** Resolves when `next` may find something, and every few seconds. */
  async touched(): Promise<void> {
    this.#use()
    if (this.#due.size > 0 || !this.#isListed) return
    await new Promise<void>((resolve) => {
      const inMs = Math.min(checkMs, Math.max(1, this.#waiting.next - this.#core.clock.monotonic()))
      const resume = (): void => {
        this.#resumes.delete(resume)
        cancel()
        resolve()
      }
      const cancel = this.#core.clock.after(inMs, resume)
      this.#resumes.add(resume)
    })
  }

  async #settle(lease: string, settlements: readonly Settlement[]): Promise<void> {
    this.#use()
    if (settlements.length === 0) return
    const settled = await this.#core.consumers.settle(this.#name, lease, settlements)
    if (!settled) throw leaseLost()
    const now = this.#core.clock.monotonic()
    for (const { channel, cursor, keep, delayMs } of settlements) {
      if (keep) continue
      if (delayMs > 0) this.#waiting.delay(channel, now + delayMs)
      else if (this.#waiting.free(channel, cursor)) this.#become(channel)
    }
  }

  #use(): void {
    this.usedAt = this.#core.clock.monotonic()
  }

  #become(due: string): void {
    if (this.#waiting.touch(due)) return
    this.#due.add(due)
    this.#resumeAll()
  }

  #resumeAll(): void {
    for (const resume of [...this.#resumes]) resume()
  }

  /** What waited and can be claimed now is due. */
  #takeOver(): void {
    for (const channel of this.#waiting.over(this.#core.clock.monotonic())) this.#due.add(channel)
  }

  /** Finds the channels that have something new, where that is not known. Returns how many rows were read. */
  async #listDue(): Promise<number> {
    this.#use()
    await this.#check()
    if (this.#isListed) return 0
    this.#listing ??= this.#list().finally(() => {
      this.#listing = null
    })
    return await this.#listing
  }

  async #check(): Promise<void> {
    const now = this.#core.clock.monotonic()
    if (now - this.#checkedAt < checkMs) return
    const found = await foundConsumer(this.#core, this.#name)
    this.#checkedAt = now
    if (found.version === this.#known?.version) return
    this.#known = found
    this.#isListed = false
    // Leases and delays of the version before are void.
    this.#waiting.clear()
    this.#due.clear()
  }

  async #list(): Promise<number> {
    const pattern = parsePattern(this.#core, this.#known?.pattern ?? '')
    this.#listening?.()
    this.#listening = this.#core.hubs.touches.listen({
      touched: (channel) => {
        if (matchesPattern(pattern, channel)) this.#become(channel)
      },
      anyTouched: () => this.relist(),
    })
    // Set first: what becomes uncertain meanwhile has it listed again.
    this.#isListed = true
    try {
      const all = await requireListed(this.#core, pattern)
      const positions = await this.#core.consumers.positions(this.#name)
      const heads = new Map(all.map(({ name, epoch, head }) => [name, formatCursor(epoch, head)]))
      const now = this.#core.clock.monotonic()
      for (const { channel, cursor, worker, freeInMs } of positions) {
        const waitMs = worker === null ? freeInMs : Math.min(freeInMs, this.leaseMs)
        if (waitMs > 0 && !this.#waiting.has(channel)) this.#waiting.delay(channel, now + waitMs)
        if (cursor === heads.get(channel)) heads.delete(channel)
        else if (cursor !== '0') heads.set(channel, cursor)
      }
      for (const channel of heads.keys()) this.#become(channel)
      return all.length + positions.length
    } catch (error) {
      this.#isListed = false
      throw error
    }
  }

  #gone(): Failure {
    this.relist()
    return noConsumer(this.#name)
  }
}

function freed(channel: string, cursor: string | null, delayMs = 0): Settlement {
  return { channel, cursor, keep: false, delayMs }
}

function requireCursor(cursor: string): void {
  if (parseCursor(cursor) === null)
    throw new Failure('invalid_cursor', 'What is acknowledged is the "cursor" of a channel that was given.')
}

function leaseLost(): Failure {
  return new Failure('lease_lost', 'Another worker has what was held under this lease, or nobody holds it.')
}
