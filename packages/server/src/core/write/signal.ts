/** A signal goes to whoever listens now, on every node; it is never stored and never numbered. */
import { signalTypePattern } from 'dovetail-protocol'
import type { Caller } from '../access/caller.ts'
import { checkedPayload, wrongAt } from '../access/check.ts'
import { requireAction } from '../access/require-action.ts'
import { deliverSignal } from '../log/deliver-signal.ts'
import type { SignalContext } from './context.ts'

export interface SignalContent {
  readonly type: string
  readonly data: unknown
}

/** `read` gives what is to be sent, or refuses it; it is asked once the caller may send here. */
export async function signal(
  core: SignalContext,
  caller: Caller,
  channel: string,
  read: () => SignalContent,
): Promise<void> {
  await requireAction(core, caller, channel, 'signal')
  const content = read()
  if (!signalTypePattern.test(content.type)) throw wrongAt('/type', 'A signal type is 1 to 64 of A-Z a-z 0-9 _ . : -.')
  const data = checkedPayload(content.data, core.limits)
  deliverSignal(core.hubs, channel, content.type, data, caller.user)
  core.backbone.publish({ kind: 'signal', channel, type: content.type, data, user: caller.user })
}
