const baseMs = 500
const capMs = 30_000
/** The bound of a reconnect is at least this much for each reader of the lost server. */
const spreadMsPerReader = 8

/**
 * Full jitter: a random delay from 0 to a bound that doubles with each failure, so that clients that lost a
 * server together do not reconnect together. `atLeastMs` is the delay that the server asked for.
 */
export function backOffMs(failures: number, random: () => number, atLeastMs = 0): number {
  return atLeastMs + random() * Math.min(capMs, baseMs * 2 ** failures)
}

export interface ReconnectSituation {
  /** The server's reader count: all of them may have lost the server together with this client. */
  readonly readers: number
  /** Set when the server announced a restart: the bound stays at this, since the server is back soon. */
  readonly boundMs?: number | undefined
  readonly atLeastMs?: number | undefined
}

/** The back-off of a connection: the bound is at least 8 ms for each reader, so that 1,000 readers reconnect over 8 s. */
export function reconnectMs(failures: number, random: () => number, situation: ReconnectSituation): number {
  const { readers, boundMs = capMs, atLeastMs = 0 } = situation
  const grown = Math.min(boundMs, baseMs * 2 ** failures)
  return atLeastMs + random() * Math.min(capMs, Math.max(grown, readers * spreadMsPerReader))
}
