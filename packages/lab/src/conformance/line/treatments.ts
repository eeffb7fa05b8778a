/** What a faulty line does to what goes over it. */

import type { DownEvent } from 'dovetail-protocol'

export type ResetFrame = Extract<DownEvent, { op: 'reset' }>

/** A request of the client. */
export interface Ask {
  /** `page`: records of a collection. `follow`: a WebSocket, a stream or a poll. */
  readonly kind: 'page' | 'follow' | 'other'
  readonly isUpgrade: boolean
  /** In milliseconds of `performance.now`. */
  readonly at: number
}

/** An answer that the line gives by itself, in place of the server. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly retryAfter: number
}

/**
 * What becomes of a message: a frame, an event, or a whole body of JSON. `lose`: it never comes, and the line stays open.
 * A body comes once, so `twice` passes it and `lose` cuts it.
 */
export type Fate = 'pass' | 'twice' | 'lose' | 'cut before' | 'cut within' | 'cut after'

export interface Treatment {
  /** `null`: the server answers. */
  onAsk(ask: Ask): Refusal | null
  /** @param json what the message carries */
  onMessage(json: string): Fate | Promise<Fate>
  /** How long each answer waits before it begins, in milliseconds. */
  readonly delayMs: number
  readonly bytesPerSecond: number
}

export const untreated: Treatment = {
  onAsk: () => null,
  onMessage: () => 'pass',
  delayMs: 0,
  bytesPerSecond: Number.POSITIVE_INFINITY,
}

/** Which kind of request this is. */
export function kindOf(method: string, path: string): Ask['kind'] {
  const [address = ''] = path.split('?')
  if (address === '/v1/ws' || address === '/v1/changes' || address.endsWith('/changes')) return 'follow'
  return method === 'GET' && /^\/v1\/channels\/[^/]+\/[^/]+$/.test(address) ? 'page' : 'other'
}
