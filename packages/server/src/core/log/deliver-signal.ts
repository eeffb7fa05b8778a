import { signalFrame } from '../../wire/frames.ts'
import { storedJson } from '../../wire/json-text.ts'
import type { Hubs } from './hubs.ts'

/** Sends a signal of this node or another one to the feeds here that asked for signals. `data` is JSON text. */
export function deliverSignal(
  hubs: Pick<Hubs, 'get'>,
  channel: string,
  type: string,
  data: string,
  user: string | null,
): void {
  const hub = hubs.get(channel)
  if (hub === null) return
  const frame = signalFrame({ channel, type, data: storedJson(data), user })
  hub.sendTransient(frame, (feed) => feed.options.signals)
}
