import type { Readable } from 'node:stream'
import type { Environment } from './options/sources.ts'
import type { SignalSource } from './stop-on-signal.ts'

export type OutputName = 'stdout' | 'stderr'

/** Of terminals that do not say, such as a serial line: they tell 0. */
const usualColumns = 80

/** All that a command sees of its surroundings. */
export interface Terminal {
  readonly environment: Environment
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** Not before it is wanted: a stdin that is looked at keeps the process. */
  readonly stdin: () => Readable
  /** How many columns the stream's terminal has now; `null`: the stream is no terminal, but a file or a pipe. */
  readonly columns: (stream: OutputName) => number | null
  /** The listener is called when nobody reads stdout any more, as at the end of `head`. */
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
  onStdoutGone: (listener) =>
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      listener()
    }),
  signals: process,
  exit: (code) => process.exit(code),
}
