export interface PublishEventsOptions {
  /** Milliseconds of a monotonic clock. */
  now: () => number
  /** 0 ≤ n < 1. */
  random: () => number
  /** Runs a task after a delay in ms; returns a function that cancels it. */
  after: (ms: number, task: () => void) => () => void
  /** Events a second, on average. */
  rate: number
  /** `dueAt` is when the event was due, which on a busy page is a little earlier than now. */
  send: (event: number, dueAt: number) => void
}

/**
 * Sends events at random times (a Poisson process), as people and markets do: at regular ones, polls of the same
 * interval would always be equally late. Returns a function that stops it.
 */
export function publishEvents({ now, random, after, rate, send }: PublishEventsOptions): () => void {
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
