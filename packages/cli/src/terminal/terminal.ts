import type { Readable } from 'node:stream'
import type { Environment } from '../options/sources.ts'
import type { SignalSource } from './stop-on-signal.ts'

export type OutputName = 'stdout' | 'stderr'

/** The size assumed for a terminal that reports 0 columns and lines, such as a serial line. */
const usualColumns = 80
const usualRows = 24

/** The environment of a command: streams, variables and signals. */
export interface Terminal {
  readonly environment: Environment
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** Opened on demand, since an opened stdin keeps the process running. */
  readonly stdin: () => Readable
  /** The present width of the stream's terminal in columns; `null`: the stream is a file or a pipe. */
  readonly columns: (stream: OutputName) => number | null
  /** Its present height in lines; `null`: as above. */
  readonly rows: (stream: OutputName) => number | null
  /** The listener is called when stdout is closed by its reader, such as by `head`. */
  readonly onStdoutGone: (listener: () => void) => void
  readonly signals: SignalSource
  /** Ends the process without waiting for anything. */
  readonly exit: (code: number) => void
}

export const processTerminal: Terminal = {
  environment: process.env,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  stdin: () => process.stdin,
  columns: (stream) => {
    const { isTTY, columns } = process[stream]
    return isTTY ? columns || usualColumns : null
  },
  rows: (stream) => {
    const { isTTY, rows } = process[stream]
    return isTTY ? rows || usualRows : null
  },
  onStdoutGone: (listener) =>
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      listener()
    }),
  signals: process,
  exit: (code) => process.exit(code),
}
