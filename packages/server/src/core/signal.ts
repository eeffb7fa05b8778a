/** A signal goes to whoever listens now, on every node; it is never stored and never numbered. */
import { namedChannel, policyOf } from './address.ts'
import { authorize } from './authorize.ts'
import type { Caller } from './caller.ts'
import { checkedPayload } from './check.ts'
import type { Core } from './core.ts'
import { deliverSignal } from './deliver-signal.ts'
import { Failure } from './failure.ts'

export interface SignalRequest {
  readonly channel: string
  readonly type: string
  readonly data: unknown
}

export async function signal(core: Core, caller: Caller, request: SignalRequest): Promise<void> {
  const { channel } = request
  namedChannel(channel)
  const policy = policyOf(core, channel)
  const standing = await core.standings.of(channel, caller.user)
  await authorize({ caller, channel, policy, standing, action: { verb: 'signal' }, now: core.clock.now() })
  if (!/^[A-Za-z0-9_.:-]{1,64}$/.test(request.type))
    throw new Failure('invalid_data', 'A signal type is 1 to 64 of A-Z a-z 0-9 _ . : -.')
  const data = checkedPayload(request.data, core.limits)
  deliverSignal(core.hubs, channel, request.type, data, caller.user)
  core.backbone.ring({ kind: 'signal', channel, type: request.type, data, user: caller.user })
}
