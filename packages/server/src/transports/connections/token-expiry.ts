/** The end of a token under a long-lived connection: the connection is warned before it, and does not outlive it. */
import type { Caller } from '../../core/access/caller.ts'
import type { Core } from '../../core/core.ts'

/** How many seconds before the expiry of its token a client gets `expiring`. */
const expiringSeconds = 30

export type TokenExpiry = 'far' | 'expired' | { readonly inSeconds: number }

/** Whether the caller's token is past its end and the leeway, or so near its end that the client has to be warned. */
export function tokenExpiry({ clock, limits }: Pick<Core, 'clock' | 'limits'>, { expiresAt }: Caller): TokenExpiry {
  if (expiresAt === null) return 'far'
  const leftSeconds = (expiresAt - clock.now()) / 1000
  if (leftSeconds <= -limits.leewaySeconds) return 'expired'
  return leftSeconds > expiringSeconds ? 'far' : { inSeconds: Math.max(0, Math.round(leftSeconds)) }
}
