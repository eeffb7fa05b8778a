import type { PageRequest } from '../../core/read/read.ts'
import { Failure } from '../../core/rules/failure.ts'
import { wholeParam } from './query.ts'

/** Where a page begins: `before`, `after` or `around` a position, of which one at most is given; else at the newest record. */
export function pageStart(query: unknown): PageRequest['from'] {
  const before = wholeParam(query, 'before', 0, Number.MAX_SAFE_INTEGER)
  const after = wholeParam(query, 'after', 0, Number.MAX_SAFE_INTEGER)
  const around = wholeParam(query, 'around', 0, Number.MAX_SAFE_INTEGER)
  const given = [before, after, around].filter((value) => value !== undefined)
  if (given.length > 1) throw new Failure('invalid_query', 'Only one of "before", "after" and "around" can be given.')
  if (before !== undefined) return { before }
  if (after !== undefined) return { after }
  return around === undefined ? { newest: true } : { around }
}
