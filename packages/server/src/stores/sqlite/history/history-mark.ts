/**
 * The mark beside the file: the server's last write, and the identities of both files. A copy of the
 * file alone has no mark; a copy of both has a mark that names other files.
 */
import { closeSync, constants, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs'

/** The identity of a file, as the file system reports it. */
export interface FileIdentity {
  /** Its inode number. */
  readonly number: string
  /** The file's time of creation in nanoseconds since the Unix epoch; `null`: the file system does not report one. */
  readonly born: string | null
}

export interface LastCommit {
  readonly channel: string
  readonly epoch: string
  readonly head: number
}

/** What the file is known to contain. */
export interface Written {
  readonly run: string
  readonly changes: number
  /** The last acknowledged commit; `null`: none since the run began. */
  readonly last: LastCommit | null
}

export interface HistoryMark extends Written {
  readonly file: FileIdentity
  /** The identity of the mark itself. */
  readonly self: FileIdentity
}

const { O_CREAT, O_DSYNC, O_TRUNC, O_WRONLY } = constants

/** Every mark is padded to this length, so that an update never changes its size. */
const markBytes = 1024

export function markPath(path: string): string {
  return `${path}-history`
}

export function readMark(path: string): HistoryMark | 'unreadable' | null {
  if (statSync(markPath(path), { throwIfNoEntry: false }) === undefined) return null
  try {
    const mark = JSON.parse(readFileSync(markPath(path), 'utf8')) as Partial<HistoryMark>
    const isWhole = typeof mark.run === 'string' && typeof mark.changes === 'number' && mark.last !== undefined
    return isWhole && isIdentity(mark.file) && isIdentity(mark.self) ? (mark as HistoryMark) : 'unreadable'
  } catch {
    return 'unreadable'
  }
}

function isIdentity(value: Partial<FileIdentity> | undefined): boolean {
  return typeof value?.number === 'string' && (value.born === null || typeof value.born === 'string')
}

/**
 * The identities of the file and its mark now; `mark` may name another file to use as the mark. @throws
 * Error where one of them does not exist.
 */
export function identitiesOf(path: string, mark = markPath(path)): Pick<HistoryMark, 'file' | 'self'> {
  const [file, self] = [statSync(path, { bigint: true }), statSync(mark, { bigint: true })]
  // A system that keeps no time of creation gives 0, or the time of the last change.
  const knowsBirth = file.birthtimeNs !== 0n && file.birthtimeNs !== file.ctimeNs
  const identity = (stat: typeof file): FileIdentity => ({
    number: String(stat.ino),
    born: knowsBirth ? String(stat.birthtimeNs) : null,
  })
  return { file: identity(file), self: identity(self) }
}

/**
 * Writes marks. `renew` replaces the mark by a new, flushed file, so that an earlier mark that is
 * restored names another file. `update` writes into the present file and flushes nothing: a power cut
 * then leaves an older mark, which is harmless.
 */
export class MarkWriter {
  readonly #path: string
  #descriptor: number | null = null
  #identities: Pick<HistoryMark, 'file' | 'self'> | null = null

  constructor(path: string) {
    this.#path = path
  }

  renew(written: Written): void {
    const incoming = `${markPath(this.#path)}.incoming`
    // O_DSYNC flushes each write, and there is one.
    const flushed = openSync(incoming, O_WRONLY | O_CREAT | O_TRUNC | O_DSYNC, 0o600)
    try {
      this.#identities = identitiesOf(this.#path, incoming)
      write(flushed, { ...written, ...this.#identities })
    } finally {
      closeSync(flushed)
    }
    renameSync(incoming, markPath(this.#path))
    this.close()
    this.#descriptor = openSync(markPath(this.#path), 'r+')
  }

  update(written: Written): void {
    if (this.#descriptor !== null && this.#identities !== null)
      write(this.#descriptor, { ...written, ...this.#identities })
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor)
    this.#descriptor = null
  }
}

function write(descriptor: number, mark: HistoryMark): void {
  writeSync(descriptor, Buffer.from(JSON.stringify(mark).padEnd(markBytes)), 0, markBytes, 0)
}
