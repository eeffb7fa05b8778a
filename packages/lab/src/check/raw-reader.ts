/**
 * A reader made from the protocol page alone: a page and the stream from the same cursor, joined by
 * revision. It trusts nothing, and writes down what it was sent: an SDK that hides a repeated record
 * must not hide it here.
 */
import type { AnyRecord, Page } from '@dovetail/protocol'
import { type Follow, Reset } from './follow/follow.ts'
import { followLongPoll, followPoll } from './follow/poll.ts'
import { followSse } from './follow/sse.ts'
import { followWebSocket } from './follow/websocket.ts'
import { epochOf, retryMs, revisionOf } from './nodes.ts'
import type { Range, ResetNotice, Seen, Segment } from './observation.ts'
import type { CheckTransport, Reader, ReaderOptions } from './reader.ts'

const follows: Readonly<Record<CheckTransport, Follow>> = {
  websocket: followWebSocket,
  sse: followSse,
  'long-poll': followLongPoll,
  poll: followPoll,
}

export class RawReader implements Reader {
  readonly #options: ReaderOptions
  readonly #segments: Segment[] = []
  readonly #resets: ResetNotice[] = []
  readonly #view = new Map<string, AnyRecord>()
  readonly #stopped = new AbortController()
  #line = new AbortController()
  #epoch: string | null = null
  #rev = 0
  #history: Promise<void> = Promise.resolve()
  #watchers: (() => void)[] = []

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  get seen(): Seen {
    return {
      name: this.#options.name,
      segments: this.#segments,
      resets: this.#resets,
      epoch: this.#epoch,
      rev: this.#rev,
      view: [...this.#view.values()],
    }
  }

  async open(): Promise<void> {
    await this.#readNewest()
    await new Promise<void>((resolve) => void this.#keepFollowing(resolve))
  }

  get #cursor(): string {
    return this.#epoch === null ? '0' : `${this.#epoch}.${this.#rev}`
  }

  get #path(): string {
    return `/v1/channels/${this.#options.channel}/${this.#options.collection}`
  }

  async #readNewest(): Promise<void> {
    this.#view.clear()
    const page = await this.#page(`limit=${this.#options.dice.between(1, 51)}`)
    this.#epoch = epochOf(page.cursor ?? '0')
    this.#rev = revisionOf(page.cursor ?? '0')
    this.#history = this.#readOlder(page.before)
  }

  async #page(query: string): Promise<Page> {
    const { nodes, token, pause } = this.#options
    const page = (await nodes.insist(`${this.#path}?${query}`, {
      token,
      pause,
      signal: this.#stopped.signal,
    })) as Page
    for (const record of page.records) this.#merge(record)
    return page
  }

  /** History, while the stream flows: what it says may be older or newer than what the stream said. */
  async #readOlder(start: number | null): Promise<void> {
    let before = start
    while (before !== null && !this.#stopped.signal.aborted) {
      const page: Page = await this.#page(`limit=50&before=${before}`)
      before = page.before
    }
  }

  async #keepFollowing(begun: () => void): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      try {
        await this.#followOnce(begun)
      } catch (error) {
        if (error instanceof Reset) await this.#startOver(error).catch(() => undefined)
      }
      await this.#options.pause(retryMs)
    }
  }

  async #followOnce(begun: () => void): Promise<void> {
    const { nodes, channel, token, transport, pause } = this.#options
    this.#line = new AbortController()
    const segment: Segment = { epoch: this.#epoch, start: this.#rev, ranges: [] }
    let current = segment
    this.#segments.push(segment)
    await follows[transport]({
      url: nodes.next(),
      channel,
      token,
      after: this.#cursor,
      signal: AbortSignal.any([this.#line.signal, this.#stopped.signal]),
      begun,
      take: (range, epoch) => {
        // A reader that had nothing is told the epoch with its first changes.
        if (epoch !== null && current.epoch === null) {
          current = { epoch, start: current.start, ranges: [] }
          this.#segments.splice(-1, 1, current)
        }
        this.#take(current, range)
      },
      pause,
    })
  }

  #take(segment: Segment, range: Range): void {
    segment.ranges.push({ from: range.from, to: range.to, changes: range.changes })
    for (const { collection, record } of range.changes) if (collection === this.#options.collection) this.#merge(record)
    this.#epoch = segment.epoch
    this.#rev = range.to
    for (const watcher of [...this.#watchers]) watcher()
  }

  async #startOver({ reason, cursor }: Reset): Promise<void> {
    this.#resets.push({ reason, fromEpoch: this.#epoch, toEpoch: epochOf(cursor) })
    await this.#readNewest()
  }

  #merge(record: AnyRecord): void {
    const held = this.#view.get(record.id)
    if (held === undefined || held.rev < record.rev) this.#view.set(record.id, record)
  }

  drop(): void {
    this.#line.abort()
  }

  async reached(epoch: string | null, rev: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.#epoch !== epoch || this.#rev < rev) return
        this.#watchers = this.#watchers.filter((each) => each !== look)
        resolve()
      }
      this.#watchers.push(look)
      look()
    })
    await this.#history
  }

  close(): void {
    this.#stopped.abort()
  }
}
