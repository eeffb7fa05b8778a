import { Failure } from '../core/failure.ts'

export function tooManyConnections(): Failure {
  return new Failure('rate_limited', 'Too many connections from this address.', { retryAfter: 10 })
}
