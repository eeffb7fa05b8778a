import type { FastifyRequest } from 'fastify'
import type { WriteCommand } from '../../../core/write/write.ts'
import { headerOf } from '../headers.ts'
import { namedRevisions } from './tags.ts'

/** What `If-Match` and `If-None-Match` make a write depend on. */
export function preconditions(
  request: FastifyRequest,
): Pick<WriteCommand, 'ifAbsent' | 'ifExists' | 'ifMatch' | 'ifNoneMatch'> {
  const match = headerOf(request, 'if-match')
  const noneMatch = headerOf(request, 'if-none-match')
  const matched = match === undefined ? undefined : namedRevisions(match)
  const unmatched = noneMatch === undefined ? undefined : namedRevisions(noneMatch)
  return {
    ...(matched === undefined ? {} : matched === '*' ? { ifExists: true } : { ifMatch: matched }),
    ...(unmatched === undefined ? {} : unmatched === '*' ? { ifAbsent: true } : { ifNoneMatch: unmatched }),
  }
}
