import { namedChannel, policyOf } from './address.ts'
import { authorize, type Membership } from './authorize.ts'
import type { Caller } from './caller.ts'
import type { AccessContext } from './context.ts'
import type { NamespacePolicy } from './policy.ts'

/**
 * The channel's policy and the caller's membership, for a caller who may do this with the channel as a whole. Throws where
 * the name is bad, the namespace unknown, or the caller may not.
 */
export async function requireAction(
  core: AccessContext,
  caller: Caller,
  channel: string,
  verb: 'read' | 'signal' | 'transfer',
): Promise<{ policy: NamespacePolicy; membership: Membership }> {
  namedChannel(channel)
  const policy = policyOf(core, channel)
  const membership = await core.memberships.of(channel, caller.user)
  await authorize({ caller, channel, policy, membership, action: { verb }, now: core.clock.now() })
  return { policy, membership }
}
