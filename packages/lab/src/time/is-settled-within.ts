import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Whether the work resolves within so many milliseconds. The work goes on where it does not; the timer never outlives
 * the call. Rejects where the work does so in time.
 */
export async function isSettledWithin(work: Promise<unknown>, withinMs: number): Promise<boolean> {
  const timer = new AbortController()
  const late = sleep(withinMs, false, { signal: timer.signal })
  // Aborted below, where nobody waits for it any more.
  late.catch(() => undefined)
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    timer.abort()
  }
}
