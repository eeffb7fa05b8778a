import type { Environment } from './options/sources.ts'
import type { SignalSource } from './stop-on-signal.ts'

/** All that a command sees of its surroundings. */
export interface Terminal {
  readonly environment: Environment
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  readonly signals: SignalSource
  /** Ends the process without waiting for anything. */
  readonly exit: (code: number) => void
}

export const processTerminal: Terminal = {
  environment: process.env,
  stdout: (text) => process.stdout.write(text),
  stderr: (text) => process.stderr.write(text),
  signals: process,
  exit: (code) => process.exit(code),
}
