/** What became of one line. */
import type { Refusal } from '../requests/refusal.ts'

export type Outcome =
  | { readonly line: number; readonly record: unknown }
  | {
      readonly line: number
      readonly error: { readonly code: string; readonly detail: string; readonly errors?: readonly unknown[] }
      /** The server gave no answer, or none that will stay. */
      readonly passing?: true
    }

export function refused(line: number, { code, detail, errors, retryable }: Refusal): Outcome {
  return {
    line,
    error: { code, detail, ...(errors.length === 0 ? {} : { errors }) },
    ...(retryable ? { passing: true as const } : {}),
  }
}
