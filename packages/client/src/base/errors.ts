import type { Code, FieldError } from 'dovetail-protocol'
import { isCode, mayRetry } from './code-facts.ts'

/**
 * Why something failed: the server's code, or one of the client's own. `network`: no answer came, so the
 * outcome is unknown; `closed`: the client or the view was closed; `aborted`: the caller's signal said so, or
 * the write was discarded; `misuse`: the call itself is wrong and nothing was sent; `outbox_full`: too many
 * writes wait; `outcome_unknown`: a write had no answer, and whether it was done can no longer be found out.
 */
export type ErrorCode = Code | 'network' | 'closed' | 'aborted' | 'misuse' | 'outbox_full' | 'outcome_unknown'

export interface ErrorFields {
  /** The HTTP status; 0 where no answer came or the error arose here. */
  status?: number | undefined
  /** Seconds after which the same request may succeed. */
  retryAfter?: number | undefined
  /** What is wrong with the data, field by field. */
  errors?: readonly FieldError[] | undefined
  /** With `rev_mismatch`: the record as it is now. */
  current?: unknown
  cause?: unknown
}

/** Every error that this library throws or reports. */
export class DovetailError extends Error {
  override readonly name = 'DovetailError'
  readonly code: ErrorCode
  readonly status: number
  readonly detail: string
  /** Whether the same request may succeed when it is sent again later: the server's word, or no answer came (`network`). */
  readonly retryable: boolean
  readonly retryAfter: number | null
  readonly errors: readonly FieldError[]
  readonly current: unknown

  constructor(code: ErrorCode, detail: string, fields: ErrorFields = {}) {
    super(`${code}: ${detail}`, { cause: fields.cause })
    this.code = code
    this.detail = detail
    this.status = fields.status ?? 0
    this.retryable = isCode(code) ? mayRetry(code) : code === 'network'
    this.retryAfter = fields.retryAfter ?? null
    this.errors = fields.errors ?? []
    this.current = fields.current
  }
}
