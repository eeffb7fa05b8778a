/** `Dovetail-At` on a read: "at least from here". Reads here always come from the store, so nothing is left to wait for. */
import { parseCursor } from '@dovetail/protocol'
import type { FastifyRequest } from 'fastify'
import { Failure } from '../../core/failure.ts'

/** Refuses a malformed position. */
export function requirePosition(request: FastifyRequest): void {
  const header = request.headers['dovetail-at']
  if (header === undefined) return
  if (typeof header !== 'string' || parseCursor(header) === null) {
    throw new Failure('invalid_cursor', 'Dovetail-At is an epoch, a dot and a revision, as replies give it.')
  }
}
