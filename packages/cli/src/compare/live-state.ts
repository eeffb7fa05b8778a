/** The state of a running comparison, derived from its progress reports. */
import type { Progress, RoundResult } from 'dovetail-lab/compare'

export interface LiveState {
  readonly phase: 'warming up' | 'measuring' | 'measuring the memory of idle connections'
  readonly rounds: number
  readonly rows: readonly LiveRow[]
  /** Monotonic milliseconds, here and below. */
  readonly startedAt: number
  readonly running: Running | null
}

export interface LiveRow {
  readonly name: string
  /** One result for each finished round. */
  readonly results: readonly RoundResult[]
}

export interface Running {
  readonly name: string
  readonly startedAt: number
  readonly expectedMs: number
  /** Expected ms left of this run and all later ones. */
  readonly leftMs: number
}

export function liveStart(names: readonly string[], rounds: number, now: number): LiveState {
  const rows = names.map((name) => ({ name, results: [] }))
  return { phase: 'warming up', rounds, rows, startedAt: now, running: null }
}

export function liveAfter(state: LiveState, progress: Progress, now: number): LiveState {
  switch (progress.step) {
    case 'starting':
      return state
    case 'run': {
      const { name, expectedMs, leftMs } = progress
      return { ...state, phase: 'measuring', running: { name, startedAt: now, expectedMs, leftMs } }
    }
    case 'finished': {
      const { result } = progress
      const rows = state.rows.map((row) =>
        row.name === result.name ? { ...row, results: [...row.results, result] } : row,
      )
      return { ...state, rows, running: null }
    }
    case 'memory':
      return { ...state, phase: 'measuring the memory of idle connections', running: null }
  }
}
