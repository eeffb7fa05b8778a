/** Moves `Date` by this many milliseconds. */
export function shiftClock(shiftMs: number): void
