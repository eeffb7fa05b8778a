import type { LogPosition } from '../../../ports/store.ts'
import { isUntouched } from '../../shared/is-untouched.ts'
import type { ChannelMarks } from '../../shared/plan-unit.ts'
import type { Database, Statement } from '../driver/driver.ts'

/** A channel's state within the present transaction. */
export interface OpenChannel extends ChannelMarks {
  /** The number of the channel in its records. */
  readonly number: number
}

export interface NewChannel {
  readonly name: string
  readonly epoch: string
  readonly at: number
  readonly visibility: 'public' | 'private'
  readonly title: string | null
}

/** The rows of `channels`, as the writer reads and changes them. */
export class ChannelTable {
  readonly #find: Statement
  readonly #make: Statement
  readonly #advance: Statement
  readonly #markForSweep: Statement
  readonly #leave: Statement
  readonly #names: Statement
  readonly #liveRecord: Statement
  readonly #renew: Statement

  constructor(database: Database) {
    const nextNumber = `1 + max(
      (SELECT coalesce(max(channel), 0) FROM channels), (SELECT coalesce(max(channel), 0) FROM garbage))`
    this.#find = database.prepare(
      'SELECT channel, epoch, head, members_rev FROM channels WHERE name = ? AND deleted = 0',
    )
    this.#make = database.prepare(
      `INSERT INTO channels (channel, name, epoch, head, floor, members_rev, created_at, visibility, title, deleted, touched)
       VALUES (${nextNumber}, ?1, ?2, 0, 0, 0, ?3, ?4, ?5, 0, ?3)
       ON CONFLICT (name) DO UPDATE SET epoch = ?2, head = 0, floor = 0, members_rev = 0, created_at = ?3,
         visibility = ?4, title = ?5, deleted = 0, touched = ?3
       RETURNING channel`,
    )
    this.#advance = database.prepare('UPDATE channels SET head = ?, members_rev = ?, touched = ? WHERE channel = ?')
    this.#leave = database.prepare('INSERT INTO garbage (channel) VALUES (?)')
    this.#markForSweep = database.prepare(
      `UPDATE channels SET channel = ${nextNumber}, deleted = 1, title = NULL WHERE name = ?`,
    )
    this.#names = database.prepare('SELECT name FROM channels WHERE deleted = 0')
    this.#liveRecord = database.prepare('SELECT 1 FROM records WHERE channel = ? AND deleted = 0 LIMIT 1')
    this.#renew = database.prepare('UPDATE channels SET epoch = ? WHERE name = ?')
  }

  find(name: string): OpenChannel | null {
    const row = this.#find.get(name)
    if (row === undefined) return null
    const [number, epoch, head, membersRev] = row as [number, string, number, number]
    return { number, epoch, head, membersRev }
  }

  make(channel: NewChannel): OpenChannel {
    const row = this.#make.get(channel.name, channel.epoch, channel.at, channel.visibility, channel.title)
    return { number: Number(row?.[0]), epoch: channel.epoch, head: 0, membersRev: 0 }
  }

  advance(channel: OpenChannel, at: number): void {
    this.#advance.run(channel.head, channel.membersRev, at, channel.number)
  }

  /** Leaves the channel's records to be deleted later; its row is kept, under another number, and says `deleted`. */
  delete(name: string, unused?: LogPosition): boolean {
    const channel = this.find(name)
    if (channel === null || (unused !== undefined && !this.#isUnusedAt(channel, unused))) return false
    this.#leave.run(channel.number)
    this.#markForSweep.run(name)
    return true
  }

  #isUnusedAt(channel: OpenChannel, { epoch, head }: LogPosition): boolean {
    if (channel.epoch !== epoch || channel.head !== head) return false
    return isUntouched(channel) || this.#liveRecord.get(channel.number) === undefined
  }

  renew(newEpoch: () => string): number {
    const names = this.#names.all()
    for (const [name] of names) this.#renew.run(newEpoch(), String(name))
    return names.length
  }
}
