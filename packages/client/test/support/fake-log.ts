import type { AnyRecord, Appends, Change, LiveRecord, Page } from 'dovetail-protocol'
import { formatCursor, parseCursor } from 'dovetail-protocol/cursor'
import { mergePatch } from '../../src/base/merge-patch.ts'

export interface FakeWrite {
  readonly op: string
  readonly collection: string
  readonly recordId?: string | undefined
  readonly data?: unknown
  readonly key?: string | undefined
}

export class Refused extends Error {
  readonly status: number
  readonly code: string
  readonly more: Record<string, unknown>
  constructor(status: number, code: string, more: Record<string, unknown> = {}) {
    super(code)
    this.status = status
    this.code = code
    this.more = more
  }
}

/** Paths of these logs are of one member. */
function requireStrings(record: AnyRecord, operations: Appends): void {
  const data = record.deleted ? {} : (record.data as Record<string, unknown>)
  for (const { path } of operations) if (typeof data[path.slice(1)] !== 'string') throw new Refused(422, 'invalid_data')
}

/** One channel's log, as docs/protocol.md describes it: the SDK's tests compare with it. */
export class FakeLog {
  epoch: string
  head = 0
  #records = new Map<string, AnyRecord>()
  readonly #collections = new Map<string, string>()
  #keys = new Map<string, string>()
  #made = 0
  /** Tombstones up to this revision were purged: a reader with a lower cursor may have missed one. */
  #purged = 0

  constructor(epoch: string) {
    this.epoch = epoch
  }

  get cursor(): string {
    return formatCursor(this.head === 0 ? null : this.epoch, this.head)
  }

  /** Creates the channel anew, empty, in another epoch. */
  restart(epoch: string): void {
    this.epoch = epoch
    this.head = 0
    this.#purged = 0
    this.#records.clear()
    this.#keys.clear()
  }

  /** Copies the log as it is now; calling the result puts that copy back, in the same epoch. */
  backUp(): () => void {
    const { head } = this
    const [records, keys] = [new Map(this.#records), new Map(this.#keys)]
    return () => {
      this.head = head
      this.#records = new Map(records)
      this.#keys = new Map(keys)
    }
  }

  /** Purges all tombstones. */
  purge(): void {
    this.#purged = this.head
    for (const [id, record] of this.#records) if (record.deleted) this.#records.delete(id)
  }

  /** Forgets all idempotency keys, as a server does after `idempotencyHours`. */
  forgetKeys(): void {
    this.#keys.clear()
  }

  write(user: string, write: FakeWrite): { record: AnyRecord; at: string; change: Change | null } {
    const remembered = write.key === undefined ? undefined : this.#keys.get(`${user} ${write.key}`)
    if (remembered !== undefined) return { record: this.#record(remembered), at: this.cursor, change: null }
    this.#made += 1
    const id = write.recordId ?? `r${this.epoch}-${this.#made}`
    const known = this.#records.get(id)
    if (known === undefined && write.op !== 'create' && write.op !== 'put') throw new Refused(404, 'not_found')
    if (known?.deleted && (write.op === 'patch' || write.op === 'append')) throw new Refused(410, 'gone')
    if (write.op === 'append' && known !== undefined) requireStrings(known, write.data as Appends)
    this.head += 1
    const record = this.#next(user, id, write, known)
    this.#records.set(id, record)
    this.#collections.set(id, write.collection)
    if (write.key !== undefined) this.#keys.set(`${user} ${write.key}`, id)
    return { record, at: this.cursor, change: { collection: write.collection, record } }
  }

  #next(user: string, id: string, write: FakeWrite, known: AnyRecord | undefined): AnyRecord {
    const pos = known?.pos ?? this.head
    if (write.op === 'delete') return { id, pos, rev: this.head, deleted: true }
    const before = known === undefined || known.deleted ? undefined : known.data
    const data = this.#after(before, write)
    const stamp = '2026-11-25T00:00:00.000Z'
    const author = known === undefined || known.deleted ? user : known.author
    return { id, pos, rev: this.head, author, createdAt: stamp, updatedAt: stamp, data }
  }

  #after(before: unknown, { op, data }: FakeWrite): unknown {
    if (op === 'patch') return mergePatch(before, data)
    if (op !== 'append') return data
    const grown = { ...(before as Record<string, string>) }
    for (const { path, value } of data as Appends) grown[path.slice(1)] += value
    return grown
  }

  #record(id: string): AnyRecord {
    const record = this.#records.get(id)
    if (record === undefined) throw new Refused(404, 'not_found')
    return record
  }

  /** All records that are not deleted, in rising `pos`: the fresh read that a view must equal. */
  all(collection: string): LiveRecord[] {
    const live = [...this.#records.values()].filter(
      (record): record is LiveRecord => !record.deleted && this.#collections.get(record.id) === collection,
    )
    return live.sort((a, b) => a.pos - b.pos)
  }

  page(collection: string, query: { limit: number; before?: number; after?: number; around?: number }): Page {
    const all = this.all(collection)
    const { before, after, around, limit } = query
    const split = all.findIndex((record) => record.pos >= (around ?? before ?? (after ?? 0) + 1))
    const at = split < 0 ? all.length : split
    let from = Math.max(
      0,
      (before === undefined && after === undefined && around === undefined ? all.length : at) - limit,
    )
    let to = from === 0 && before !== undefined ? Math.min(at, limit) : from + limit
    if (before !== undefined) to = at
    if (after !== undefined) [from, to] = [at, at + limit]
    if (around !== undefined) [from, to] = [Math.max(0, at - Math.floor(limit / 2)), at + Math.ceil(limit / 2)]
    const records = all.slice(from, to)
    return {
      records,
      cursor: this.cursor,
      before: from > 0 ? (records[0]?.pos ?? before ?? (all[from - 1]?.pos ?? 0) + 1) : null,
      after: to < all.length ? (records.at(-1)?.pos ?? after ?? null) : null,
    }
  }

  /** Each record that changed above `rev`, once, in `rev` order. */
  changes(rev: number): Change[] {
    return [...this.#records.values()]
      .filter((record) => record.rev > rev)
      .sort((a, b) => a.rev - b.rev)
      .map((record) => ({ collection: this.#collections.get(record.id) ?? '', record }))
  }

  /** Why a cursor can't be continued; null: it can. */
  whyReset(cursor: string): 'epoch' | 'ahead' | 'expired' | null {
    const parsed = parseCursor(cursor)
    if (parsed === null) throw new Refused(400, 'invalid_cursor')
    if (parsed.epoch === null) return null
    if (this.head === 0 || parsed.epoch !== this.epoch) return 'epoch'
    if (parsed.rev < this.#purged) return 'expired'
    return parsed.rev > this.head ? 'ahead' : null
  }
}
