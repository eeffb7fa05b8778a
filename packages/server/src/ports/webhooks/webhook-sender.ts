/** The way to a webhook's receiver. */

/** One request: the body is JSON. */
export interface WebhookRequest {
  /** The same for every attempt to deliver one event. */
  readonly id: string
  readonly body: string
  /** The time that the signature names, in ms since the Unix epoch. */
  readonly at: number
  /** Ends the request. */
  readonly signal: AbortSignal
}

export type WebhookOutcome =
  | {
      readonly kind: 'answered'
      readonly status: number
      /** What the receiver asked for by `Retry-After`, in ms; `null`: nothing. */
      readonly retryAfterMs: number | null
    }
  /** There was no answer. `reason` is a few words for people. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'stopped' }

export interface WebhookSender {
  /** Never rejects. */
  send(request: WebhookRequest): Promise<WebhookOutcome>
  close(): void
}
