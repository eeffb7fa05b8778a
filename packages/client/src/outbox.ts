import { backOffMs } from './back-off.ts'
import type { Stop } from './clock.ts'
import type { Connection } from './connection.ts'
import { DovetailError } from './errors.ts'
import { newKey } from './key.ts'
import { Listeners } from './listeners.ts'
import type { Network } from './network.ts'
import { nothing } from './nothing.ts'
import type { OutboxStore } from './outbox-store.ts'
import { canRetry } from './retry.ts'
import type { Write, Writer, Written } from './writer.ts'

/** A write that isn't acknowledged yet, as it is kept over a reload. */
export interface OutboxEntry extends Write {
  readonly op: 'create' | 'patch' | 'delete'
  /** Whose write it is: nobody else sends it. Null until the server told who the caller is. */
  readonly user: string | null
  /** ms since the Unix epoch. */
  readonly writtenAt: number
  /** The cursor held when it was written: its record, if there is one, lies above it. */
  readonly since: string | null
  readonly progress:
    | { readonly name: 'waiting' }
    /** Sent at least once, the outcome unknown so far. */
    | { readonly name: 'sent' }
    | { readonly name: 'failed'; readonly error: Pick<DovetailError, 'code' | 'detail' | 'status' | 'errors'> }
}

/** An `internal` error may last for this very write; then people should know. */
const internalErrors = 5

/** Sends writes in the order of their channel, again and again with the same key, until each is acknowledged or refused. */
export class Outbox {
  /** After each change of what waits. */
  readonly changed = new Listeners()
  /** An entry was acknowledged, told before it goes. */
  readonly settled = new Listeners<{ readonly entry: OutboxEntry; readonly written: Written }>()
  readonly #network: Network
  readonly #connection: Connection
  readonly #writer: Writer
  readonly #store: OutboxStore<OutboxEntry>
  readonly #origin: (channel: string) => string | null | undefined
  readonly #running = new Set<string>()
  readonly #pauses = new Map<string, Stop>()
  #entries: readonly OutboxEntry[] = []
  /** Keys of what was kept when the page was put away. */
  #lent: readonly string[] = []

  /** `origin` is the cursor that is held of a channel; null: it is about to be; undefined: nobody follows it. */
  constructor(
    network: Network,
    connection: Connection,
    writer: Writer,
    store: OutboxStore<OutboxEntry>,
    origin: (channel: string) => string | null | undefined,
  ) {
    this.#network = network
    this.#origin = origin
    this.#connection = connection
    this.#writer = writer
    this.#store = store
    store.hold()
    this.#adopt()
  }

  get user(): string | null {
    return this.#connection.user ?? this.#network.session.subject
  }

  /** The caller's own entries of one collection, in the order they were written. */
  of(channel: string, collection: string): OutboxEntry[] {
    return this.#entries.filter(
      (entry) => entry.channel === channel && entry.collection === collection && this.#mine(entry),
    )
  }

  add(write: Omit<Write, 'key'> & Pick<OutboxEntry, 'op' | 'since'>): OutboxEntry {
    const entry: OutboxEntry = {
      ...write,
      key: newKey(),
      user: this.user,
      writtenAt: this.#network.clock.now(),
      progress: { name: 'waiting' },
    }
    this.#keep([...this.#entries, entry])
    this.drain()
    return entry
  }

  retry(keys: readonly string[]): void {
    for (const key of keys) this.#update(key, { progress: { name: 'waiting' } })
    this.drain()
  }

  discard(keys: readonly string[]): void {
    this.#keep(this.#entries.filter((entry) => !keys.includes(entry.key)))
  }

  /** Sends what waits, where the connection's state allows. */
  drain(): void {
    for (const channel of new Set(this.#entries.map((entry) => entry.channel))) void this.#run(channel)
  }

  /** The server told who the caller is: what was written before that is theirs, and what closed tabs left too. */
  opened(): void {
    if (this.#entries.some((entry) => entry.user === null)) {
      this.#keep(this.#entries.map((entry) => ({ ...entry, user: entry.user ?? this.user })))
    }
    for (const stop of this.#pauses.values()) stop()
    this.#pauses.clear()
    this.#adopt()
    this.drain()
  }

  /** The page is put away: another tab may take over what is kept for this one. */
  suspend(): void {
    this.#lent = this.#store.load().map(({ key }) => key)
    this.#store.rest()
  }

  resume(): void {
    this.#store.hold()
    // What could not be kept (there is no storage, or it is full) nobody took.
    if (this.#store.load().length === 0) this.discard(this.#lent)
  }

  /** Forgets what is unsent, for good. */
  forget(): void {
    this.#keep([])
  }

  close(): void {
    for (const stop of this.#pauses.values()) stop()
    this.#pauses.clear()
    this.#store.rest()
    this.changed.clear()
    this.settled.clear()
  }

  #adopt(): void {
    const take = (entries: readonly OutboxEntry[]) => {
      const known = new Set(this.#entries.map((entry) => entry.key))
      this.#keep([...entries.filter((entry) => !known.has(entry.key)), ...this.#entries])
      this.drain()
    }
    this.#store.adopt(take).catch(nothing)
  }

  #mine(entry: OutboxEntry): boolean {
    return entry.user === null || entry.user === this.user
  }

  get #ready(): boolean {
    const { name } = this.#connection.state
    return name === 'open' || name === 'idle'
  }

  #next(channel: string): OutboxEntry | undefined {
    return this.#entries.find(
      (entry) => entry.channel === channel && entry.progress.name !== 'failed' && this.#mine(entry),
    )
  }

  async #run(channel: string): Promise<void> {
    if (this.#running.has(channel) || this.#pauses.has(channel)) return
    this.#running.add(channel)
    let failures = 0
    for (let entry = this.#next(channel); entry !== undefined && this.#ready; entry = this.#next(channel)) {
      const since = entry.since ?? this.#origin(channel)
      // The place in the log comes first: without it nobody could tell the write's own record from older ones.
      if (since === null) break
      const verdict = await this.#send({ ...entry, since: since ?? null }, failures)
      if (verdict === 'pause') break
      failures = verdict === 'again' ? failures + 1 : 0
    }
    this.#running.delete(channel)
  }

  async #send(entry: OutboxEntry, failures: number): Promise<'done' | 'again' | 'pause'> {
    const before = entry.progress
    this.#update(entry.key, { progress: { name: 'sent' }, since: entry.since })
    try {
      const { op, channel, collection, recordId, data, key } = entry
      const written = await this.#writer.once({ op, channel, collection, recordId, data, key })
      this.settled.tell({ entry, written })
      this.discard([entry.key])
      return 'done'
    } catch (cause) {
      const error = cause instanceof DovetailError ? cause : new DovetailError('misuse', String(cause), { cause })
      const again = canRetry(error) || (error.code === 'token_expired' && this.#network.session.canRenew)
      if (!again || (error.code === 'internal' && failures + 1 >= internalErrors)) {
        // Its record was deleted, and no row is left to tell of it or to discard it by.
        if (error.code === 'gone') this.discard([entry.key])
        const { code, detail, status, errors } = error
        this.#update(entry.key, { progress: { name: 'failed', error: { code, detail, status, errors } } })
        return 'done'
      }
      // Of these it is known that nothing was written.
      if (error.code === 'rate_limited') this.#update(entry.key, { progress: before })
      return this.#pause(entry.channel, backOffMs(failures, this.#network.random, (error.retryAfter ?? 0) * 1000))
    }
  }

  async #pause(channel: string, ms: number): Promise<'again' | 'pause'> {
    if (!this.#ready) return 'pause' // `opened` goes on
    return new Promise((resolve) => {
      const stopTimer = this.#network.clock.after(ms, () => {
        this.#pauses.delete(channel)
        resolve('again')
      })
      this.#pauses.set(channel, () => {
        stopTimer()
        resolve('again')
      })
    })
  }

  #update(key: string, patch: Partial<Pick<OutboxEntry, 'progress' | 'since'>>): void {
    this.#keep(this.#entries.map((entry) => (entry.key === key ? { ...entry, ...patch } : entry)))
  }

  #keep(entries: readonly OutboxEntry[]): void {
    this.#entries = entries
    this.#store.save(entries)
    this.changed.tell()
  }
}
