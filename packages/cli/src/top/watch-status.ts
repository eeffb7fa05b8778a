/** Shows how a server is, again and again in place. */
import type { ServerStatus } from 'dovetail-protocol'
import { Refusal } from '../requests/refusal.ts'
import { InPlace } from '../terminal/in-place.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { statusLines } from './status-lines.ts'

export interface WatchOptions {
  readonly read: () => Promise<ServerStatus>
  readonly url: string
  /** A line of JSON for each reading, in place of a drawing. */
  readonly isJson: boolean
  readonly terminal: Pick<Terminal, 'stdout' | 'columns' | 'rows'>
  readonly isStopped: () => boolean
  /** Resolves after so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>
}

const everyMs = 1000

/** Ends when `isStopped`. Rejects where the server refuses; a server that does not answer is told and asked again. */
export async function watchStatus({ read, url, isJson, terminal, isStopped, pause }: WatchOptions): Promise<void> {
  const columns = () => terminal.columns('stdout')
  const inPlace = new InPlace({ write: terminal.stdout, columns: () => columns() ?? Infinity })
  let last: readonly string[] = []
  const show = (lines: readonly string[]): void => {
    if (columns() === null) terminal.stdout(`${lines.join('\n')}\n\n`)
    else inPlace.draw(lines)
  }
  while (!isStopped()) {
    try {
      const status = await read()
      if (isJson) terminal.stdout(`${JSON.stringify(status)}\n`)
      else {
        last = statusLines(status, url, { columns: columns(), rows: terminal.rows('stdout') })
        show(last)
      }
    } catch (error) {
      if (!(error instanceof Refusal) || !error.retryable) throw error
      // What was there before the server stopped answering is what people look for.
      if (!isJson) show([`${error.message}: asking again`, ...last.slice(1)])
    }
    await pause(everyMs)
  }
}
