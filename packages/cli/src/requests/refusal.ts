/** A refusal by the server, or no answer from it (`network`). */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  /** A code of docs/protocol.md, section 5; `network`: there was no answer, or not one of this server. */
  readonly code: string
  readonly detail: string
  readonly errors: readonly unknown[]
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
  /** Seconds. */
  readonly retryAfter: number

  constructor({ code, detail, errors, retryable, retryAfter }: Partial<Problem>, cause?: unknown) {
    super(`${code ?? 'network'}: ${detail ?? 'no answer'}`, { cause })
    this.code = code ?? 'network'
    this.detail = detail ?? 'no answer'
    this.errors = errors ?? []
    this.retryable = retryable ?? code === undefined
    this.retryAfter = retryAfter ?? 0
  }
}

/** The members of a problem document that a command uses. */
export interface Problem {
  readonly code: string
  readonly detail: string
  readonly errors: readonly unknown[]
  readonly retryable: boolean
  readonly retryAfter: number
}

/** The members of an error as the command prints them. */
export function printable({ code, detail, errors }: Refusal): object {
  return { code, detail, ...(errors.length === 0 ? {} : { errors }) }
}
