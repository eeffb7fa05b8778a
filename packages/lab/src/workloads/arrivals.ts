import type { Dice } from '../check/dice.ts'

/** Moments in ms below `durationMs`, at random with this mean rate: what independent people do. At least one. */
export function poisson(dice: Dice, perSecond: number, durationMs: number): number[] {
  const moments: number[] = []
  for (let at = pause(dice, perSecond); at < durationMs; at += pause(dice, perSecond)) moments.push(at)
  return moments.length === 0 ? [durationMs / 2] : moments
}

/** Moments at an even distance, the first after half of it. At least one. */
export function steady(perSecond: number, durationMs: number): number[] {
  const everyMs = 1000 / perSecond
  // The quotient of two doubles may fall short of a whole number by its last digit.
  const count = Math.max(1, Math.floor(durationMs / everyMs + 1e-9))
  return Array.from({ length: count }, (_, index) =>
    Math.min((index + 0.5) * everyMs, durationMs / 2 + index * everyMs),
  )
}

/** Milliseconds until the next one. */
export function pause(dice: Dice, perSecond: number): number {
  return (-Math.log(1 - dice.next()) * 1000) / perSecond
}
