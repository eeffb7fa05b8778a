import { Failure } from '../rules/failure.ts'
import { needsToken } from './authorize.ts'
import { type Caller, isStaff } from './caller.ts'

/** The user that the caller's token names. Throws what the token was refused with, or `unauthenticated`. */
export function requireIdentity({ refusal, user }: Caller): string {
  if (refusal !== null) throw refusal
  if (user === null) throw needsToken()
  return user
}

/** Throws as `requireIdentity` does, and `forbidden` with this detail where the caller is neither a service nor an admin. */
export function requireStaff(caller: Caller, detail: string): void {
  requireIdentity(caller)
  if (!isStaff(caller)) throw new Failure('forbidden', detail)
}
