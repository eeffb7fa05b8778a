/**
 * Follows all channels of a pattern, those too that are made meanwhile, from one position. Nothing is kept for it but
 * the names of channels that may have changed: what changed is read from their logs.
 */
import { formatCursor } from 'dovetail-protocol'
import type { Stop } from '../../ports/clock.ts'
import type { ChannelFacts } from '../../ports/store.ts'
import type { Caller } from '../access/caller.ts'
import { readableAmong } from '../access/readable-among.ts'
import { requireStaff } from '../access/require-staff.ts'
import { Failure } from '../rules/failure.ts'
import { type ChannelPattern, matchesPattern, parsePattern } from './channel-pattern.ts'
import type { FollowerContext } from './context.ts'
import { matchingChannels } from './matching-channels.ts'
import { encodePosition, parsePosition } from './position.ts'
import { bytesOf, envelopeBytes, type Part, readPart } from './read-part.ts'

export interface FollowedPage {
  readonly channels: readonly Part[]
  readonly cursor: string
  /** Whether there is more to read at once. */
  readonly more: boolean
  /** How many channels and changes were looked at, for the price. */
  readonly looked: number
}

export interface FollowerOptions {
  readonly pattern: string
  /** `null`: from now on. */
  readonly after: string | null
  /** The most bytes of a page. */
  readonly pageBytes: number
}

/** No cursor takes less for one channel. */
const leastBytesOfAChannel = 16

export class Follower {
  readonly #core: FollowerContext
  #caller: Caller
  readonly #pattern: ChannelPattern
  readonly #pageBytes: number
  readonly #cursors: Map<string, string>
  readonly #stopListening: Stop
  /** Channels that may have something new, in the order in which they are read. */
  readonly #due = new Set<string>()
  /** Whether the channels are listed before anything is read: `now` takes them as they are. */
  #list: 'no' | 'new' | 'now'
  #last: string
  #cursor = ''
  #resume: () => void = () => {}

  /** Throws `invalid_name`, `not_found`, `unauthenticated`, `forbidden` or `invalid_cursor`. */
  constructor(core: FollowerContext, caller: Caller, { pattern, after, pageBytes }: FollowerOptions) {
    this.#core = core
    this.#caller = caller
    this.#pageBytes = pageBytes
    this.#pattern = parsePattern(core, pattern)
    requireFollower(caller)
    const { cursors, last } = parsePosition(this.#pattern, after ?? '0', this.#mostChannels)
    this.#cursors = cursors
    this.#last = last
    this.#list = after === null ? 'now' : 'new'
    this.#stopListening = core.hubs.touches.listen({
      touched: (channel) => {
        if (matchesPattern(this.#pattern, channel)) this.#markDue(channel)
      },
      anyTouched: () => {
        if (this.#list === 'no') this.#list = 'new'
        this.#resume()
      },
    })
  }

  /** Goes on with the rights of this caller, which may be others. Throws `unauthenticated` or `forbidden`. */
  become(caller: Caller): void {
    requireFollower(caller)
    this.#caller = caller
    if (this.#list === 'no') this.#list = 'new'
    this.#resume()
  }

  get #mostChannels(): number {
    return Math.floor(this.#pageBytes / leastBytesOfAChannel)
  }

  #markDue(channel: string): void {
    this.#due.add(channel)
    this.#resume()
  }

  /** Resolves when there may be something to read: at once where that is known. Never resolves after `close`. */
  async touched(): Promise<void> {
    if (this.#due.size > 0 || this.#list !== 'no') return
    await new Promise<void>((resolve) => {
      this.#resume = resolve
    })
  }

  close(): void {
    this.#stopListening()
    this.#resume = () => {}
  }

  /** What is new, at most `limit` changes of `pollChannels` channels. After a throw, the same is read again. */
  async read(limit: number): Promise<FollowedPage> {
    let looked = await this.#listDue()
    const channels: Part[] = []
    let left = limit
    // The cursor grows by what is read now.
    let bytes = this.#pageBytes - this.#cursor.length - this.#core.limits.pollChannels * envelopeBytes
    for (const channel of [...this.#due]) {
      if (left <= 0 || channels.length === this.#core.limits.pollChannels) break
      const part = await this.#readDue(channel, left, bytes, channels.length > 0)
      if (part === 'full') break
      if (part === null) continue
      channels.push(part)
      if (!('changes' in part)) continue
      left -= part.changes.length
      looked += part.changes.length
      bytes -= bytesOf(part)
    }
    return { channels, cursor: this.#encode(), more: this.#due.size > 0, looked }
  }

  #encode(): string {
    this.#cursor = encodePosition(this.#pattern, { cursors: this.#cursors, last: this.#last })
    if (this.#cursor.length > this.#pageBytes / 2) throw this.#tooMany()
    return this.#cursor
  }

  #tooMany(): Failure {
    return new Failure(
      'too_many_subscriptions',
      `"${this.#pattern.text}" matches more channels than one cursor holds: name narrower patterns.`,
    )
  }

  /** Finds the channels that have something new, where that is not known. Returns how many there are. */
  async #listDue(): Promise<number> {
    const list = this.#list
    if (list === 'no') return 0
    this.#list = 'no'
    try {
      const all = await matchingChannels(this.#core, this.#pattern, this.#mostChannels)
      if (all === null) throw this.#tooMany()
      if (list === 'now') await this.#beginAt(all)
      else this.#compare(all)
      this.#encode()
      return all.length
    } catch (error) {
      this.#list = list
      throw error
    }
  }

  /** From now on: the readable channels are taken as they are; each other one is new where it becomes readable. */
  async #beginAt(all: readonly ChannelFacts[]): Promise<void> {
    const names = all.map(({ name }) => name)
    const readable = await readableAmong(this.#core, this.#caller, names)
    for (const { name, epoch, head } of all) if (readable.has(name)) this.#cursors.set(name, formatCursor(epoch, head))
  }

  #compare(all: readonly ChannelFacts[]): void {
    const gone = new Set(this.#cursors.keys())
    const changed: string[] = []
    for (const { name, epoch, head } of all) {
      gone.delete(name)
      if (this.#cursors.get(name) !== formatCursor(epoch, head)) changed.push(name)
    }
    // Reading begins behind the channel that was read last, so that a busy one does not keep the others waiting.
    const names = [...changed, ...gone].sort()
    const next = names.findIndex((name) => name > this.#last)
    for (const name of next < 0 ? names : [...names.slice(next), ...names.slice(0, next)]) this.#due.add(name)
  }

  /**
   * Reads a channel that may have something new; `null`: it has not. Where it `mayWait`, and what is new is more than
   * `bytes`, it waits for the next page, and the answer is `full`.
   */
  async #readDue(channel: string, limit: number, bytes: number, mayWait: boolean): Promise<Part | null | 'full'> {
    // Taken out first: what changes while it is read makes it due again.
    this.#due.delete(channel)
    try {
      const part = await this.#readChannel(channel, limit, bytes, mayWait)
      if (part === 'full') this.#due.add(channel)
      else if (part !== null) this.#last = channel
      return part
    } catch (error) {
      this.#due.add(channel)
      throw error
    }
  }

  async #readChannel(channel: string, limit: number, bytes: number, mayWait: boolean): Promise<Part | null | 'full'> {
    const query = { channel, cursor: this.#cursors.get(channel) ?? '0', limit, bytes }
    const { part, cursor, more } = await readPart(this.#core, this.#caller, query)
    if (mayWait && bytesOf(part) > bytes) return 'full'
    if (cursor === '0') this.#cursors.delete(channel)
    else this.#cursors.set(channel, cursor)
    if (more) this.#due.add(channel)
    return part
  }
}

function requireFollower(caller: Caller): void {
  requireStaff(caller, 'Only services and admins follow channels by a pattern.')
}
