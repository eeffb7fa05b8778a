import { Failure } from '../../core/rules/failure.ts'

export function tooManyConnections(): Failure {
  return new Failure('rate_limited', 'Too many connections from this address.', { retryAfter: 10 })
}
