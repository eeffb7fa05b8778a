import { colorsFor } from '../terminal/colors.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { liveView } from './live-view.ts'
import { progressLines } from './progress-lines.ts'
import type { ProgressView } from './progress-view.ts'

export interface ProgressPlan {
  readonly names: readonly string[]
  readonly rounds: number
  /** Whether the result is printed as a table too. */
  readonly isTable: boolean
}

/** Opens the progress view on stderr, so that stdout has only the result. */
export function openProgress(terminal: Terminal, { names, rounds, isTable }: ProgressPlan): ProgressView {
  const colors = colorsFor(terminal, 'stderr')
  const columns = terminal.columns('stderr')
  if (columns === null || terminal.environment.TERM === 'dumb') return progressLines(terminal.stderr, colors)
  return liveView({
    write: terminal.stderr,
    columns: () => terminal.columns('stderr') ?? columns,
    colors,
    names,
    rounds,
    now: () => performance.now(),
    every: (ms, tick) => {
      const timer = setInterval(tick, ms).unref()
      return () => clearInterval(timer)
    },
    isReplaced: isTable && terminal.columns('stdout') !== null,
  })
}
