/**
 * Who may be present and who may show a state. Whoever is banned is not present, and whoever is banned or muted shows no
 * state; a grant on the channel counts instead of the membership, as for every right. A membership that changes is
 * checked at once, on each node that the change reaches.
 */
import { type Membership, needsToken } from '../access/authorize.ts'
import { type Caller, grantedRights } from '../access/caller.ts'
import { silencedBy } from '../access/judge.ts'
import { readable } from '../access/readable.ts'
import { Failure } from '../rules/failure.ts'
import type { PresenceVerbContext } from './context.ts'

/** Whether a caller who may read may also be present. */
export function mayBePresent(caller: Caller, channel: string, { member }: Membership): boolean {
  return grantedRights(caller, channel) !== null || member?.role !== 'banned'
}

/** Whether a caller who may read may also show a state. */
export function mayShowState(caller: Caller, channel: string, membership: Membership, now: number): boolean {
  return grantedRights(caller, channel) !== null || silencedBy({ membership, now }) === null
}

/** Throws where the caller may not read, or is banned or muted. */
export async function requireMayShowState(core: PresenceVerbContext, caller: Caller, channel: string): Promise<void> {
  if (caller.user === null) throw needsToken()
  const { membership } = await readable(core, caller, channel)
  if (mayShowState(caller, channel, membership, core.clock.now())) return
  throw new Failure('forbidden', 'Who is banned or muted here shows no state.')
}

/** The user's membership may have changed: what it no longer allows ends on this node. Never rejects. */
export async function recheckPresence(core: PresenceVerbContext, channel: string, user: string): Promise<void> {
  const policy = core.policies.of(channel)
  if (policy === null || !core.presences.isHeldHere(channel, user)) return
  try {
    const membership = await core.memberships.of(channel, user)
    const { facts, member } = membership
    const isPrivate = policy.private || facts?.visibility === 'private'
    if (member?.role === 'banned' || (isPrivate && member === null)) core.presences.expel(channel, user)
    else if (silencedBy({ membership, now: core.clock.now() }) !== null) core.presences.dropStates(channel, user)
  } catch (error) {
    core.report(error, `asking whether ${user} may be present in ${channel}`)
  }
}

/** The same for everyone who is present by this node: the log was replaced or skipped changes. */
export async function recheckPresenceOfAll(core: PresenceVerbContext, channel: string): Promise<void> {
  await Promise.all(core.presences.usersHere(channel).map((user) => recheckPresence(core, channel, user)))
}
