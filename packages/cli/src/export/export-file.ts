/** The file that an export is written to, and goes on in where an earlier one ended. */
import { createReadStream, existsSync } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'

const firstLine = '{"export":1}'
/** Lines are written in pieces of this many characters. */
const pieceChars = 65_536

export class ExportFile {
  readonly #file: FileHandle
  /** Channel → the last cursor that the file holds of it. */
  readonly cursors: ReadonlyMap<string, string>
  #piece = ''

  private constructor(file: FileHandle, cursors: ReadonlyMap<string, string>) {
    this.#file = file
    this.cursors = cursors
  }

  /** Opens the file, or makes it. Records behind its last cursor, or half a line, are what a cut left: they are removed. */
  static async open(path: string): Promise<ExportFile> {
    const { end, cursors } = await readExport(path)
    const file = await open(path, 'a', 0o600)
    await file.truncate(end)
    const opened = new ExportFile(file, cursors)
    if (end === 0) await opened.write(firstLine)
    return opened
  }

  async write(line: string): Promise<void> {
    this.#piece += `${line}\n`
    if (this.#piece.length >= pieceChars) await this.#flush()
  }

  async close(): Promise<void> {
    await this.#flush()
    await this.#file.sync()
    await this.#file.close()
  }

  async #flush(): Promise<void> {
    const piece = this.#piece
    this.#piece = ''
    if (piece !== '') await this.#file.appendFile(piece)
  }
}

/** The last cursor of each channel, and the byte behind the last line that counts. A file that is not there is empty. */
async function readExport(path: string): Promise<{ readonly end: number; readonly cursors: Map<string, string> }> {
  const cursors = new Map<string, string>()
  let end = 0
  let at = 0
  if (!existsSync(path)) return { end, cursors }
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (at === 0 && line !== firstLine) throw new Error(`${path} is there already, and is no export`)
    at += Buffer.byteLength(line) + 1
    const { channel, cursor, account } = membersOf(line)
    const isCursor = typeof channel === 'string' && typeof cursor === 'string'
    if (isCursor) cursors.set(channel, cursor)
    if (isCursor || account !== undefined || line === firstLine) end = at
  }
  const { size } = await stat(path)
  return { end: Math.min(end, size), cursors }
}

function membersOf(line: string): {
  readonly channel?: unknown
  readonly cursor?: unknown
  readonly account?: unknown
} {
  try {
    return JSON.parse(line) as object
  } catch {
    return {}
  }
}
