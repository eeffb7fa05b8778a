import type { Progress } from '@dovetail/lab/compare'
import type { Colors } from '../colors.ts'
import { InPlace } from '../in-place.ts'
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
  /** Calls again and again, until what it returns is called. */
  readonly every: (ms: number, tick: () => void) => () => void
  /** Whether the result will stand in the same place: the table makes room for it. */
  readonly isReplaced: boolean
}

/** Often enough for a clock; what is measured runs in this process too, and must not feel it. */
const tickMs = 250

/** One table for all runs, drawn anew while they go on: for who watches. */
export function liveView(options: LiveViewOptions): ProgressView {
  const { columns, colors, now, isReplaced } = options
  const place = new InPlace(options)
  let state = liveStart(options.names, options.rounds, now())
  const draw = (): void => place.draw(liveTable(state, { columns: columns(), colors, now: now() }))
  draw()
  const stop = options.every(tickMs, draw)
  return {
    tell: (progress: Progress) => {
      state = liveAfter(state, progress, now())
      draw()
    },
    end: (how) => {
      stop()
      if (how === 'done' && isReplaced) place.clear()
    },
  }
}
