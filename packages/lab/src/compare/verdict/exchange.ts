/** Request and response: what a question with one answer costs by HTTP and by WebSocket, in bytes. */
import type { ContenderResult } from '../contender-result.ts'

export interface Exchange {
  /** Bytes both ways of a request that brings nothing, all of it around the answer. */
  readonly httpBytes: number
  /** Bytes both ways of opening a WebSocket until it is subscribed, and of framing a question and its answer. */
  readonly handshakeBytes: number
  readonly framingBytes: number
  /** From this many questions on one connection on, a WebSocket takes fewer bytes. */
  readonly questions: number
}

/** Headers of a small frame, masked up and unmasked down. */
const framingBytes = 6 + 2

export function exchangeOf(poll: ContenderResult | null, openingBytes: number | null): Exchange | null {
  if (poll === null || openingBytes === null || poll.requests === 0) return null
  const { up, down } = poll.bytes
  const httpBytes = (up.httpHeaders + down.httpHeaders) / poll.requests
  return {
    httpBytes,
    handshakeBytes: openingBytes,
    framingBytes,
    questions: Math.max(1, Math.ceil(openingBytes / Math.max(1, httpBytes - framingBytes))),
  }
}
