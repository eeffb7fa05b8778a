/**
 * A reader made from docs/protocol.md alone: a page and the stream from the same cursor, joined by revision. It keeps
 * every page, range and reset that it was sent: an SDK may hide a repeated record from its users, this reader does not.
 */
import type { AnyRecord, Page } from 'dovetail-protocol'
import { Reset } from '../client/follow.ts'
import { follows } from '../client/follows.ts'
import { epochOf, retryMs, revisionOf } from '../client/nodes.ts'
import type { Observation, PageRead, Range, ResetNotice, Segment } from '../judge/observation.ts'
import type { Reader, ReaderOptions } from './reader.ts'

/** Records of one page of the history: few, so that a short run reads many pages. */
const historyPage = 20

export class RawReader implements Reader {
  readonly #options: ReaderOptions
  readonly #segments: Segment[] = []
  readonly #resets: ResetNotice[] = []
  readonly #view = new Map<string, AnyRecord>()
  readonly #histories: PageRead[][] = []
  readonly #stopped = new AbortController()
  #connection = new AbortController()
  #epoch: string | null = null
  #rev = 0
  #history: Promise<void> = Promise.resolve()
  #watchers: (() => void)[] = []

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  get observation(): Observation {
    return {
      name: this.#options.name,
      segments: this.#segments,
      resets: this.#resets,
      epoch: this.#epoch,
      rev: this.#rev,
      view: [...this.#view.values()],
      histories: this.#histories,
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
    const history: PageRead[] = []
    this.#histories.push(history)
    const page = await this.#readPage(history, this.#options.random.between(1, 51), null)
    this.#epoch = epochOf(page.cursor ?? '0')
    this.#rev = revisionOf(page.cursor ?? '0')
    this.#history = this.#readOlder(history, page.before)
  }

  async #readPage(history: PageRead[], limit: number, before: number | null): Promise<Page> {
    const { nodes, token, pause } = this.#options
    const query = before === null ? `limit=${limit}` : `limit=${limit}&before=${before}`
    const page = (await nodes.requestUntilAnswered(`${this.#path}?${query}`, {
      token,
      pause,
      signal: this.#stopped.signal,
    })) as Page
    const rev = before === null ? revisionOf(page.cursor ?? '0') : null
    history.push({ limit, before, records: page.records, next: page.before, rev })
    for (const record of page.records) this.#merge(record)
    return page
  }

  /** Reads the history while the stream flows: its records may be older or newer than those of the stream. */
  async #readOlder(history: PageRead[], start: number | null): Promise<void> {
    let before = start
    while (before !== null && !this.#stopped.signal.aborted) {
      const page: Page = await this.#readPage(history, historyPage, before)
      before = page.before
    }
  }

  async #keepFollowing(onOpen: () => void): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      try {
        await this.#followOnce(onOpen)
      } catch (error) {
        if (error instanceof Reset) await this.#startOver(error).catch(() => undefined)
      }
      await this.#options.pause(retryMs)
    }
  }

  async #followOnce(onOpen: () => void): Promise<void> {
    const { nodes, channel, token, transport, pause } = this.#options
    this.#connection = new AbortController()
    const segment: Segment = { epoch: this.#epoch, start: this.#rev, ranges: [] }
    let current = segment
    this.#segments.push(segment)
    await follows[transport]({
      url: nodes.next(),
      channel,
      token,
      after: this.#cursor,
      signal: AbortSignal.any([this.#connection.signal, this.#stopped.signal]),
      onOpen,
      onRange: (range, epoch) => {
        // A reader of a channel that was empty learns the epoch with its first changes.
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
    segment.ranges.push({ from: range.from, to: range.to, changes: range.changes, receivedAt: performance.now() })
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
    this.#connection.abort()
  }

  async reached(epoch: string | null, rev: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const check = (): void => {
        if (this.#epoch !== epoch || this.#rev < rev) return
        this.#watchers = this.#watchers.filter((each) => each !== check)
        resolve()
      }
      this.#watchers.push(check)
      check()
    })
    await this.#history
  }

  close(): void {
    this.#stopped.abort()
  }
}
