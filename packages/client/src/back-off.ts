const baseMs = 500
const capMs = 30_000

/**
 * Full jitter: anything from nothing to a bound that doubles with each failure, so that a crowd that lost
 * its server together does not come back together. `atLeastMs` is what the server asked for.
 */
export function backOffMs(failures: number, random: () => number, atLeastMs = 0): number {
  return atLeastMs + random() * Math.min(capMs, baseMs * 2 ** failures)
}
