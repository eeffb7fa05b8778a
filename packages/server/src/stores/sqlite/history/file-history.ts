/**
 * Binds the epochs of a file to its history. A file that was restored, by whatever means, may lack
 * acknowledged commits and give their revisions a second time; older cursors would then skip new
 * changes. So the server keeps a row in the file and a mark beside it, and compares the two when it
 * starts. Where the file is not the one that the server left, every channel gets a new epoch before
 * anything is read. A plain restart, also after a crash or a power cut, changes no epoch.
 *
 * One case is not detected: a whole disk or machine restored to an earlier moment, where everything that
 * the file system reports is as it was then.
 */
import { existsSync, statSync } from 'node:fs'
import { randomEpoch } from '../../shared/epoch.ts'
import type { Database, Statement } from '../driver/driver.ts'
import { ChannelTable } from '../tables/channel-table.ts'
import { identitiesOf, type LastCommit, MarkWriter, markPath, readMark, type Written } from './history-mark.ts'
import { findForeign, type RecordedHistory } from './judge-history.ts'

/** The mark is replaced at most this often while there are commits, in milliseconds. */
const renewMs = 1000

/** What is on the disk before the file is opened, which creates an empty file and an empty log. */
export interface FoundFiles {
  /** The file is there, and not empty. */
  readonly hasFile: boolean
  /** Its write-ahead log is there, and not empty. */
  readonly hasLog: boolean
}

export function foundFiles(path: string): FoundFiles {
  const isFilled = (file: string): boolean => (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0
  return { hasFile: isFilled(path), hasLog: isFilled(`${path}-wal`) }
}

/**
 * One line for people where the file is there and has no tables: a copy of the file alone, made while everything was
 * still in the write-ahead log, is such a file. Called before the tables are made; `null`: there is nothing to say.
 */
export function lineOfEmptyFile(path: string, database: Database, found: FoundFiles): string | null {
  if (!found.hasFile || database.prepare('SELECT 1 FROM sqlite_schema').get() !== undefined) return null
  return (
    `${path} was there and holds nothing: if it was copied from a running server, all its data was still in the ` +
    'write-ahead log and is not in the copy. It is served empty. A copy made by dovetail backup is whole'
  )
}

/** Records in a whole copy that it needs no log. A file of an earlier build has no row to record it in. */
export function markClosed(database: Database): void {
  const has = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'history'").get()
  if (has !== undefined) database.exec('UPDATE history SET closed = 1')
}

export class FileHistory {
  readonly #path: string
  readonly #database: Database
  readonly #channels: ChannelTable
  readonly #read: Statement
  readonly #put: Statement
  readonly #count: Statement
  readonly #mark: MarkWriter
  #written: Written = { run: '', changes: 0, last: null }
  #renewedAt = 0

  constructor(path: string, database: Database) {
    this.#path = path
    this.#database = database
    this.#channels = new ChannelTable(database)
    this.#read = database.prepare('SELECT run, previous, changes, closed FROM history')
    this.#put = database.prepare(
      'INSERT OR REPLACE INTO history (single, run, previous, changes, closed) VALUES (1, ?, ?, ?, ?)',
    )
    this.#count = database.prepare('UPDATE history SET changes = changes + 1')
    this.#mark = new MarkWriter(path)
  }

  /**
   * Called once the file has this build's tables. Returns one line for people where the file was not the
   * one that the server left, else `null`. @throws Error where such a file is damaged, or its epochs
   * can't be renewed.
   */
  begin(found: FoundFiles): string | null {
    const row = this.#recorded()
    const foreign = this.#foreign(row)
    if (foreign === null) {
      this.#begin(row)
      return null
    }
    this.#requireWhole()
    const count = this.#transaction(() => {
      this.#count.run()
      const renewed = this.#channels.renew(randomEpoch)
      this.#putRun(row?.run ?? '', 0)
      return renewed
    })
    this.#settle()
    const lacksLog = row?.closed === 0 && !found.hasLog
    return lineOf(this.#path, foreign, count, lacksLog)
  }

  /** Counts a drop or a renewal of channels, within its transaction. */
  countChange(): void {
    this.#count.run()
  }

  /** Call after each commit of a transaction. `last`: the transaction's last commit to a channel, where it had one. */
  note(last: LastCommit | null, hasChanged: boolean): void {
    if (this.#written.run === '') return
    const { run, changes } = this.#written
    this.#written = { run, changes: changes + (hasChanged ? 1 : 0), last: hasChanged ? null : last }
    const now = performance.now()
    try {
      if (now - this.#renewedAt >= renewMs) this.#renewMark()
      else this.#mark.update(this.#written)
    } catch {
      // The disk is full. The mark stays older than the file, which is harmless.
      this.#renewedAt = now
    }
  }

  /** Records an orderly stop; the file is closed after this. */
  end(): void {
    if (this.#written.run === '') return
    try {
      this.#transaction(() => this.#putRun(this.#written.run, 1))
      // From here on the file alone has all data.
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      this.#renewMark()
    } catch {
      // As after a crash: the next start finds file and mark as they are.
    }
    this.#mark.close()
  }

  #recorded(): (RecordedHistory & { readonly closed: number }) | null {
    const row = this.#read.get()
    if (row === undefined) return null
    const [run, previous, changes, closed] = row
    return { run: String(run), previous: String(previous), changes: Number(changes), closed: Number(closed) }
  }

  #foreign(row: RecordedHistory | null): string | null {
    const has = ({ channel, epoch, head }: LastCommit): boolean => {
      const found = this.#channels.find(channel)
      return found !== null && found.epoch === epoch && found.head >= head
    }
    const hasChannels = this.#database.prepare('SELECT 1 FROM channels LIMIT 1').get() !== undefined
    const now = existsSync(markPath(this.#path)) ? identitiesOf(this.#path) : null
    return findForeign({ row, hasChannels, mark: readMark(this.#path), now, has })
  }

  /** A full disk does not prevent the start: the last run is then continued. */
  #begin(row: RecordedHistory | null): void {
    try {
      this.#transaction(() => this.#putRun(row?.run ?? '', 0))
      this.#settle()
    } catch (error) {
      if (row === null) throw error
      this.#written = { run: row.run, changes: row.changes, last: null }
    }
  }

  /** Brings the row into the file itself, so that a copy of the file alone has it, then writes the mark. */
  #settle(): void {
    const row = this.#recorded()
    if (row === null) throw new Error('the history is not recorded')
    this.#written = { run: row.run, changes: row.changes, last: null }
    this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    this.#renewMark()
  }

  #putRun(previous: string, closed: 0 | 1): void {
    const run = randomEpoch()
    this.#put.run(run, previous, this.#recorded()?.changes ?? 0, closed)
    this.#written = { ...this.#written, run }
  }

  #renewMark(): void {
    this.#renewedAt = performance.now()
    this.#mark.renew(this.#written)
  }

  /** A copy made while the server wrote can mix the states of two moments. */
  #requireWhole(): void {
    const [verdict] = this.#database.prepare('PRAGMA quick_check(1)').get() ?? []
    if (verdict !== 'ok') throw new Error(`it is damaged (${String(verdict)}): put back a copy made by dovetail backup`)
  }

  #transaction<Result>(change: () => Result): Result {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const result = change()
      this.#database.exec('COMMIT')
      return result
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
  }
}

function lineOf(path: string, foreign: string, channels: number, lacksLog: boolean): string {
  const log = lacksLog
    ? '; it was copied from a running server, and what was only in the write-ahead log then is not in it'
    : ''
  return `${path} ${foreign}${log}: each of its ${channels} channels has a new epoch, and readers start over`
}
