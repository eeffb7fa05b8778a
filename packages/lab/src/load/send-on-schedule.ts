/**
 * Sends each event at its moment, whether or not what was sent before was answered: what is late because the server
 * stalled counts as late from the moment it was meant for (coordinated omission).
 */
export interface ScheduledSends {
  readonly atMs: readonly number[]
  /** The moment that they count from, in ms of `performance.now()`. */
  readonly startAt: number
  readonly send: (index: number) => void
}

/** Resolves when the last one was sent. */
export function sendOnSchedule({ atMs, startAt, send }: ScheduledSends): Promise<void> {
  let next = 0
  return new Promise((resolve) => {
    const turn = (): void => {
      const elapsed = performance.now() - startAt
      while (next < atMs.length && (atMs[next] ?? 0) <= elapsed) send(next++)
      if (next === atMs.length) resolve()
      else setTimeout(turn, Math.max(0, (atMs[next] ?? 0) - (performance.now() - startAt)))
    }
    turn()
  })
}
