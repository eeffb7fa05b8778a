/** Compares the bytes of one request and response over HTTP and over WebSocket. */

export interface Exchange {
  /** Bytes both ways of a request's and its answer's headers. */
  readonly httpBytes: number
  /** Bytes both ways of opening a WebSocket until it is subscribed, and of framing a question and its answer. */
  readonly handshakeBytes: number
  readonly framingBytes: number
  /** From this many questions on one connection on, a WebSocket takes fewer bytes. */
  readonly questions: number
}

/** Headers of a small frame, masked up and unmasked down. */
const framingBytes = 6 + 2

export interface ExchangeBytes {
  /** Header bytes both ways of one request. */
  readonly http: number
  /** Bytes both ways until a WebSocket is subscribed. */
  readonly opening: number
}

export function exchangeOf({ http, opening }: ExchangeBytes): Exchange {
  return {
    httpBytes: http,
    handshakeBytes: opening,
    framingBytes,
    questions: Math.max(1, Math.ceil(opening / Math.max(1, http - framingBytes))),
  }
}
