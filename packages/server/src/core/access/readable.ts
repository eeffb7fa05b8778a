/** Whether a caller may read a channel: asked before each read, and again where a membership changed during it. */
import type { ChannelFacts } from '../../ports/store.ts'
import type { Membership } from './authorize.ts'
import type { Caller } from './caller.ts'
import type { AccessContext } from './context.ts'
import type { NamespacePolicy } from './policy.ts'
import { requireAction } from './require-action.ts'

/** The channel's policy and the caller's membership. Throws where the name is bad, the namespace unknown, or reading not allowed. */
export function readable(
  core: AccessContext,
  caller: Caller,
  channel: string,
): Promise<{ policy: NamespacePolicy; membership: Membership }> {
  return requireAction(core, caller, channel, 'read')
}

/** Repeats a read until its result and the rights that it needs come from one state of the channel's members. */
export async function readSteadily<Result extends { readonly channel: ChannelFacts } | null>(
  core: AccessContext,
  caller: Caller,
  channel: string,
  read: () => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const { membership } = await readable(core, caller, channel)
    const result = await read()
    if ((result?.channel.membersRev ?? 0) === (membership.facts?.membersRev ?? 0)) return result
    core.memberships.forget(channel)
  }
}
