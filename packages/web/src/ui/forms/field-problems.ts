import type { FieldError } from 'dovetail-protocol'

export type FieldProblems = Readonly<Record<string, string>>

/** The first message for each field, by the first segment of its JSON pointer (RFC 6901). */
export function fieldProblems(errors: readonly FieldError[]): FieldProblems {
  const problems: Record<string, string> = {}
  for (const { pointer, message } of errors) {
    const field = pointer.split('/')[1]?.replaceAll('~1', '/').replaceAll('~0', '~')
    if (field !== undefined) problems[field] ??= message
  }
  return problems
}
