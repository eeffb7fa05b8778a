/** A signal goes to whoever listens now, on every node; it is never stored and never numbered. */
import { namedChannel, policyOf } from './address.ts'
import { authorize } from './authorize.ts'
import type { Caller } from './caller.ts'
import { checkedPayload, wrongAt } from './check.ts'
import type { Core } from './core.ts'
import { deliverSignal } from './deliver-signal.ts'

export interface SignalContent {
  readonly type: string
  readonly data: unknown
}

/** `read` gives what is to be sent, or refuses it; it is asked once the caller may send here. */
export async function signal(core: Core, caller: Caller, channel: string, read: () => SignalContent): Promise<void> {
  namedChannel(channel)
  const policy = policyOf(core, channel)
  const standing = await core.standings.of(channel, caller.user)
  await authorize({ caller, channel, policy, standing, action: { verb: 'signal' }, now: core.clock.now() })
  const content = read()
  if (!/^[A-Za-z0-9_.:-]{1,64}$/.test(content.type))
    throw wrongAt('/type', 'A signal type is 1 to 64 of A-Z a-z 0-9 _ . : -.')
  const data = checkedPayload(content.data, core.limits)
  deliverSignal(core.hubs, channel, content.type, data, caller.user)
  core.backbone.ring({ kind: 'signal', channel, type: content.type, data, user: caller.user })
}
