/** How far a comparison has come, from what it tells. */
import type { Lap, Progress } from '@dovetail/lab/compare'

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
  /** One of each round that is through. */
  readonly laps: readonly Lap[]
}

export interface Running {
  readonly name: string
  readonly startedAt: number
  readonly expectedMs: number
  /** Of this run and all that follow. */
  readonly leftMs: number
}

export function liveStart(names: readonly string[], rounds: number, now: number): LiveState {
  const rows = names.map((name) => ({ name, laps: [] }))
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
    case 'ran': {
      const { lap } = progress
      const rows = state.rows.map((row) => (row.name === lap.name ? { ...row, laps: [...row.laps, lap] } : row))
      return { ...state, rows, running: null }
    }
    case 'memory':
      return { ...state, phase: 'measuring the memory of idle connections', running: null }
  }
}
