/** Which of many channels a caller may read. A rule that fails shuts its own channels and spoils no other's answer. */
import { mayRead } from './authorize.ts'
import type { Caller } from './caller.ts'
import type { AccessContext } from './context.ts'

/** Asked at the same time: a rule may have to ask elsewhere. */
export const askedAtOnce = 64

export async function readableAmong(
  core: AccessContext,
  caller: Caller,
  channels: Iterable<string>,
): Promise<Set<string>> {
  const names = [...channels]
  const allowed = new Set<string>()
  for (let at = 0; at < names.length; at += askedAtOnce) {
    const some = names.slice(at, at + askedAtOnce)
    const answers = await Promise.all(some.map((name) => isReadable(core, caller, name)))
    some.forEach((name, index) => {
      if (answers[index] === true) allowed.add(name)
    })
  }
  return allowed
}

async function isReadable(core: AccessContext, caller: Caller, channel: string): Promise<boolean> {
  const policy = core.policies.of(channel)
  if (policy === null) return false
  const membership = await core.memberships.of(channel, caller.user)
  return mayRead({ caller, channel, policy, membership, now: core.clock.now() }, core.report)
}
