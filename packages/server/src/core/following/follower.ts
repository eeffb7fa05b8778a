/**
 * Follows all channels of a pattern, those too that are made meanwhile, from one position. Nothing is kept for it but
 * the names of channels that may have changed: what changed is read from their logs.
 */
import { formatCursor, formatReadingCursor, type ResetReason } from 'dovetail-protocol'
import type { Stop } from '../../ports/clock.ts'
import type { ChannelFacts, StoredRecord } from '../../ports/store.ts'
import type { Caller } from '../access/caller.ts'
import { readableAmong } from '../access/readable-among.ts'
import { requireStaff } from '../access/require-staff.ts'
import { readChanges } from '../read/read.ts'
import { Failure } from '../rules/failure.ts'
import { type ChannelPattern, matchesPattern, parsePattern } from './channel-pattern.ts'
import type { FollowerContext } from './context.ts'
import { matchingChannels } from './matching-channels.ts'
import { encodePosition, parsePosition } from './position.ts'

export interface FollowedChanges {
  readonly channel: string
  readonly epoch: string
  readonly from: number
  readonly to: number
  readonly changes: readonly StoredRecord[]
  /** Why what the follower has of this channel is void; these changes begin at the beginning. `null`: they go on. */
  readonly reset: ResetReason | null
}

export interface FollowedEnd {
  readonly channel: string
  readonly ended: 'deleted' | 'forbidden'
}

type Part = FollowedChanges | FollowedEnd

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

/** Room for what stands around the changes of one channel. */
const envelopeBytes = 512
/** No cursor takes less for one channel. */
const leastBytesOfAChannel = 16

export class Follower {
  readonly #core: FollowerContext
  readonly #caller: Caller
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
    requireStaff(caller, 'Only services and admins follow channels by a pattern.')
    const { cursors, last } = parsePosition(this.#pattern, after ?? '0', this.#mostChannels)
    this.#cursors = cursors
    this.#last = last
    this.#list = after === null ? 'now' : 'new'
    this.#stopListening = core.hubs.touches.listen({
      touched: (channel) => {
        if (matchesPattern(this.#pattern, channel)) this.#become(channel)
      },
      anyTouched: () => {
        if (this.#list === 'no') this.#list = 'new'
        this.#resume()
      },
    })
  }

  get #mostChannels(): number {
    return Math.floor(this.#pageBytes / leastBytesOfAChannel)
  }

  #become(due: string): void {
    this.#due.add(due)
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
      bytes -= bytesOf(part.changes)
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
    try {
      const { read, reset } = await this.#readOn(channel, limit, bytes)
      const { epoch, from, to, changes, more, floor } = read
      if (epoch === null) return await this.#end(channel)
      if (mayWait && bytesOf(changes) > bytes) return 'full'
      this.#cursors.set(channel, formatReadingCursor(epoch, to, floor))
      if (more) this.#due.add(channel)
      return changes.length === 0 && reset === null ? null : { channel, epoch, from, to, changes, reset }
    } catch (error) {
      if (error instanceof Failure && (error.code === 'not_found' || error.code === 'forbidden'))
        return this.#end(channel)
      throw error
    }
  }

  /** Goes on from the cursor; where that can't be continued, from the beginning. */
  async #readOn(channel: string, limit: number, bytes: number) {
    const readAfter = (cursor: string) => readChanges(this.#core, this.#caller, channel, cursor, limit, bytes)
    try {
      return { read: await readAfter(this.#cursors.get(channel) ?? '0'), reset: null }
    } catch (error) {
      const reset = error instanceof Failure ? (error.extras.reason ?? null) : null
      if (reset === null) throw error
      return { read: await readAfter('0'), reset }
    }
  }

  /** A channel that is gone, or may not be read: news only to whom it was there. */
  async #end(channel: string): Promise<FollowedEnd | null> {
    if (!this.#cursors.has(channel)) return null
    const facts = await this.#core.storeOf(channel).channel(channel)
    this.#cursors.delete(channel)
    return { channel, ended: facts === null ? 'deleted' : 'forbidden' }
  }
}

function bytesOf(changes: readonly StoredRecord[]): number {
  return changes.reduce((sum, { data }) => sum + Buffer.byteLength(data) + envelopeBytes, 0)
}
