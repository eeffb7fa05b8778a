import type { Progress } from 'dovetail-lab/compare'
import type { Colors } from '../terminal/colors.ts'
import { InPlace } from '../terminal/in-place.ts'
import { liveAfter, liveStart } from './live-state.ts'
import { liveTable } from './live-table.ts'
import type { ProgressView } from './progress-view.ts'

export interface LiveViewOptions {
  readonly write: (text: string) => void
  readonly columns: () => number
  readonly colors: Colors
  readonly names: readonly string[]
  readonly rounds: number
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Calls `tick` every `ms`, until the returned function is called. */
  readonly every: (ms: number, tick: () => void) => () => void
  /** Whether the result will replace the table, which is then cleared. */
  readonly isReplaced: boolean
}

/** Fast enough for a clock, and slow enough not to disturb the measured clients in this process. */
const tickMs = 250

/** A progress view for a terminal: one table of all runs, redrawn while they run. */
export function liveView(options: LiveViewOptions): ProgressView {
  const { columns, colors, now, isReplaced } = options
  const block = new InPlace(options)
  let state = liveStart(options.names, options.rounds, now())
  const draw = (): void => block.draw(liveTable(state, { columns: columns(), colors, now: now() }))
  draw()
  const stop = options.every(tickMs, draw)
  return {
    update: (progress: Progress) => {
      state = liveAfter(state, progress, now())
      draw()
    },
    end: (how) => {
      stop()
      if (how === 'done' && isReplaced) block.clear()
    },
  }
}
