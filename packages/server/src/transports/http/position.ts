/**
 * Checks `Dovetail-At` on a read, which asks for data at least as new as a position. All reads use the store, so none
 * has to wait.
 */
import { parseCursor } from 'dovetail-protocol'
import type { FastifyRequest } from 'fastify'
import { Failure } from '../../core/rules/failure.ts'

/** Throws where the position is malformed. */
export function requirePosition(request: FastifyRequest): void {
  const header = request.headers['dovetail-at']
  if (header === undefined) return
  if (typeof header !== 'string' || parseCursor(header) === null) {
    throw new Failure('invalid_cursor', 'Dovetail-At is an epoch, a dot and a revision, as replies give it.')
  }
}
