/**
 * Sends at fixed moments, whether or not what was sent before was answered: what is late because
 * the server stalled counts as late from the moment it was meant for (coordinated omission).
 */
import { performance } from 'node:perf_hooks'

export interface OpenLoopOptions {
  readonly perSecond: number
  readonly count: number
  readonly send: (index: number) => void
}

export interface OpenLoop {
  /** When the message of this index was meant to be sent, in ms of `performance.now()`. */
  intended(index: number): number
  /** Resolves when the last one was sent. */
  readonly sent: Promise<void>
}

export function openLoop({ perSecond, count, send }: OpenLoopOptions): OpenLoop {
  const everyMs = 1000 / perSecond
  const startAt = performance.now() + everyMs
  const intended = (index: number): number => startAt + index * everyMs
  let next = 0
  const sent = new Promise<void>((resolve) => {
    const turn = (): void => {
      const now = performance.now()
      while (next < count && intended(next) <= now) send(next++)
      if (next === count) resolve()
      else setTimeout(turn, Math.max(0, Math.floor(intended(next) - performance.now())))
    }
    turn()
  })
  return { intended, sent }
}
