/** How long a run lasts: by the clock, and on a slow machine by what was written. */

/** A run of fewer writes than this share of what its writers ask for goes on: it would find no fault that is rare. */
const leastShare = 1 / 8
/** How many times `seconds` it may take. */
const longestTimes = 4
const lookMs = 50

export interface Enough {
  readonly seconds: number
  /** Mean time between two writes of one writer, in ms. */
  readonly restMs: number
  readonly writers: number
  /** How many writes were acknowledged so far. */
  readonly acknowledged: () => number
  readonly sleep: (ms: number) => Promise<unknown>
  readonly now: () => number
}

/** Resolves when `seconds` are over and there are writes enough to judge, or when it has taken four times as long. */
export async function writtenEnough({ seconds, restMs, writers, acknowledged, sleep, now }: Enough): Promise<void> {
  const ms = seconds * 1000
  const least = (ms / restMs) * writers * leastShare
  const begunAt = now()
  await sleep(ms)
  while (acknowledged() < least && now() - begunAt < ms * longestTimes) await sleep(lookMs)
}
