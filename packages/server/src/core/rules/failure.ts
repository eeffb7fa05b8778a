import { type AnyRecord, type Code, codes, type FieldError, type ResetReason } from 'dovetail-protocol'
import { StoreUnavailable } from '../../ports/store.ts'
import type { JsonText } from '../../wire/json-text.ts'

/** What some codes carry besides a sentence. */
export interface FailureExtras {
  /** Seconds until the same request may succeed. */
  readonly retryAfter?: number
  readonly errors?: readonly FieldError[]
  /** The current record as JSON text, with `rev_mismatch` and `exists`. */
  readonly current?: JsonText<AnyRecord>
  readonly reason?: ResetReason
  /** The head to read from, with `reset`. */
  readonly cursor?: string
  /** Response headers that the code calls for (`Allow`). */
  readonly headers?: Readonly<Record<string, string>>
  readonly cause?: unknown
}

/** The one error of the core: a code of the closed table and a sentence. Transports translate it by the table. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: Code
  readonly extras: FailureExtras

  constructor(code: Code, detail: string = codes[code].title, extras: FailureExtras = {}) {
    super(detail, { cause: extras.cause })
    this.code = code
    this.extras = extras
  }

  /** Anything unknown becomes `internal`: its cause is kept for the log and never sent. */
  static from(error: unknown): Failure {
    if (error instanceof Failure) return error
    if (error instanceof StoreUnavailable) {
      return new Failure('store_unavailable', 'The store can not be reached now; nothing was written.', {
        retryAfter: error.retryAfterSeconds,
        cause: error,
      })
    }
    return new Failure('internal', codes.internal.title, { cause: error })
  }
}
