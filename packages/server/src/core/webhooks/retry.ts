/** Decides what follows an attempt to deliver an event. Time and chance are handed in. */
import type { WebhookOutcome } from '../../ports/webhooks/webhook-sender.ts'

export interface Attempted {
  readonly outcome: Exclude<WebhookOutcome, { kind: 'stopped' }>
  /** How often the event was tried, this time included. */
  readonly attempts: number
  /** For how long it has failed, in ms; 0: this was the first time. */
  readonly failingMs: number
  readonly retryForMs: number
  /** At least 0, below 1. */
  readonly chance: number
}

export type Decision =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'wait'; readonly ms: number; readonly reason: string }
  | { readonly kind: 'give up'; readonly reason: string }
  /** The receiver wants nothing any more. */
  | { readonly kind: 'end'; readonly reason: string }

const firstDelayMs = 1000
/** No delay is longer, unless the receiver asks for it. */
export const longestDelayMs = 15 * 60_000
/** No receiver can ask for more. */
const longestAskedMs = 24 * 3_600_000
/** Doubling the first delay this often passes the longest. */
const mostDoublings = 10

export function decide({ outcome, attempts, failingMs, retryForMs, chance }: Attempted): Decision {
  if (isAccepted(outcome)) return { kind: 'accepted' }
  const reason = reasonOf(outcome)
  if (outcome.kind === 'answered' && outcome.status === 410) return { kind: 'end', reason }
  const leftMs = retryForMs - failingMs
  if (leftMs <= 0) return { kind: 'give up', reason }
  const delayMs = Math.max(backOffMs(attempts, chance), askedMs(outcome))
  // The last attempt is made when the time is over, not before.
  return { kind: 'wait', ms: Math.min(delayMs, leftMs), reason }
}

export function isAccepted(outcome: WebhookOutcome): boolean {
  return outcome.kind === 'answered' && outcome.status >= 200 && outcome.status < 300
}

/** A few words for people. */
export function reasonOf(outcome: WebhookOutcome): string {
  switch (outcome.kind) {
    case 'answered':
      return `status ${outcome.status}`
    case 'failed':
      return outcome.reason
    case 'stopped':
      return 'the server stopped'
  }
}

/** Doubles from a second, and takes off up to a half by chance, so that many that failed together do not return together. */
function backOffMs(attempts: number, chance: number): number {
  const whole = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(attempts - 1, mostDoublings))
  return Math.ceil(whole * (1 - chance / 2))
}

/** `Retry-After` counts where the status says that it was the receiver's wish. */
function askedMs(outcome: WebhookOutcome): number {
  if (outcome.kind !== 'answered' || (outcome.status !== 429 && outcome.status !== 503)) return 0
  return Math.min(longestAskedMs, outcome.retryAfterMs ?? 0)
}
