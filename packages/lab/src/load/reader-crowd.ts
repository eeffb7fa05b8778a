/** Many readers of one channel, opened a few at a time. */
import { WebSocketReader } from './websocket-reader.ts'

export interface LoadReader {
  /** How often it has asked; absent: it streams. */
  readonly requests?: number
  destroy(): void
}

export interface ReaderCrowd {
  /** How many requests all readers have made until now; `null` where they stream. */
  requests(): number | null
  close(): void
}

export interface CrowdOptions {
  readonly count: number
  /** Resolves when the reader is in the stream. */
  readonly open: (reader: number) => Promise<LoadReader>
  /** How many are being opened at a time. Default: 50. */
  readonly atATime?: number
}

const atATimeDefault = 50

/** Resolves when all are in the stream. */
export async function openCrowd({ count, open, atATime = atATimeDefault }: CrowdOptions): Promise<ReaderCrowd> {
  const readers: LoadReader[] = []
  for (let first = 0; first < count; first += atATime) {
    const batch = Array.from({ length: Math.min(atATime, count - first) }, (_, i) => open(first + i))
    readers.push(...(await Promise.all(batch)))
  }
  return {
    requests: () =>
      readers.every((reader) => reader.requests === undefined)
        ? null
        : readers.reduce((sum, { requests = 0 }) => sum + requests, 0),
    close: () => {
      for (const reader of readers) reader.destroy()
    },
  }
}

export interface WebSocketReaderGreeting {
  readonly port: number
  readonly path: string
  /** What each sends once it is open; each command has one reply. */
  readonly greeting: readonly string[]
  /** What stands in the frame with which the stream has begun. Default: each command has its reply. */
  readonly readyMark?: string
  /** A frame that is no reply to the greeting. */
  readonly onText: (bytes: Buffer, start: number, end: number) => void
  /** The source address. */
  readonly from?: string
}

/** A socket that is asked into the stream by its greeting. */
export async function openWebSocketReader(options: WebSocketReaderGreeting): Promise<WebSocketReader> {
  const { port, path, greeting, readyMark, onText, from } = options
  let owed = readyMark === undefined ? greeting.length : 1
  let onReady = (): void => {}
  let refuse = (_error: Error): void => {}
  const ready = new Promise<void>((resolve, reject) => {
    onReady = resolve
    refuse = reject
  })
  const reader = new WebSocketReader({
    port,
    path,
    ...(from === undefined ? {} : { from }),
    onText: (bytes, start, end) => {
      if (owed === 0) return onText(bytes, start, end)
      const isError = bytes.subarray(start, Math.min(end, start + 40)).includes('"error"')
      if (isError) refuse(new Error(`a reader was refused: ${bytes.toString('utf8', start, end)}`))
      if (readyMark !== undefined && !bytes.subarray(start, end).includes(readyMark)) return
      if (--owed === 0) onReady()
    },
  })
  await reader.opened
  for (const command of greeting) reader.send(command)
  if (owed === 0) onReady()
  await ready
  return reader
}
