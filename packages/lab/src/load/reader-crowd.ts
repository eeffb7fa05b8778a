/** Many readers of one channel, opened a few at a time, each asked into the stream by the same commands. */
import { SocketReader } from './socket-reader.ts'

export interface CrowdOptions {
  readonly port: number
  readonly path: string
  readonly count: number
  /** What each sends once it is open; each command has one reply. */
  readonly greeting: (reader: number) => readonly string[]
  /** A frame that is no reply to the greeting. */
  readonly onText: (reader: number, bytes: Buffer, start: number, end: number) => void
  /** How many connections are being made at a time. Default: 50. */
  readonly atATime?: number
  /** The source address of a reader. */
  readonly from?: (reader: number) => string
}

export interface Crowd {
  readonly readers: readonly SocketReader[]
  close(): void
}

const atATimeDefault = 50

/** Resolves when all are in the stream. */
export async function openCrowd(options: CrowdOptions): Promise<Crowd> {
  const readers: SocketReader[] = []
  const { atATime = atATimeDefault } = options
  for (let first = 0; first < options.count; first += atATime) {
    const batch = Array.from({ length: Math.min(atATime, options.count - first) }, (_, i) =>
      openOne(options, first + i),
    )
    readers.push(...(await Promise.all(batch)))
  }
  return {
    readers,
    close: () => {
      for (const reader of readers) reader.destroy()
    },
  }
}

export async function openOne(options: CrowdOptions, number: number): Promise<SocketReader> {
  const { port, path, greeting, onText, from } = options
  const commands = greeting(number)
  let owed = commands.length
  let welcome = (): void => {}
  let refuse = (_error: Error): void => {}
  const welcomed = new Promise<void>((resolve, reject) => {
    welcome = resolve
    refuse = reject
  })
  const reader = new SocketReader({
    port,
    path,
    ...(from === undefined ? {} : { from: from(number) }),
    onText: (bytes, start, end) => {
      if (owed === 0) return onText(number, bytes, start, end)
      const isError = bytes.subarray(start, Math.min(end, start + 40)).includes('"error"')
      if (isError) refuse(new Error(`a reader was refused: ${bytes.toString('utf8', start, end)}`))
      if (--owed === 0) welcome()
    },
  })
  await reader.opened
  for (const command of commands) reader.send(command)
  if (owed === 0) welcome()
  await welcomed
  return reader
}
