export interface PublisherOptions {
  /** Milliseconds of a clock that only goes forward. */
  now: () => number
  /** 0 ≤ n < 1. */
  random: () => number
  /** Runs a task after so many milliseconds; returns its stop. */
  after: (ms: number, task: () => void) => () => void
  /** Events a second, on average. */
  rate: number
  /** `dueAt` is when it should have been sent, which on a busy page is a little earlier than now. */
  send: (event: number, dueAt: number) => void
}

/**
 * Sends events as people and markets do, at random (a Poisson process): at a steady beat, polls of the same
 * beat would always come equally late. Returns its stop.
 */
export function publish({ now, random, after, rate, send }: PublisherOptions): () => void {
  let event = 0
  let dueAt = now() + gapMs(rate, random)
  let stopTimer = after(dueAt - now(), sendDue)
  function sendDue() {
    while (dueAt <= now()) {
      event++
      send(event, dueAt)
      dueAt += gapMs(rate, random)
    }
    stopTimer = after(Math.max(0, dueAt - now()), sendDue)
  }
  return () => stopTimer()
}

function gapMs(rate: number, random: () => number): number {
  return (-Math.log(1 - random()) / rate) * 1000
}
