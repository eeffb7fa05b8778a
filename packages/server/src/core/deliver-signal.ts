import { Frame } from '../ports/frame.ts'
import type { Hubs } from './hubs.ts'

/** Gives a signal of this or another node to who listens here. `data` is JSON text. */
export function deliverSignal(
  hubs: Pick<Hubs, 'get'>,
  channel: string,
  type: string,
  data: string,
  user: string | null,
): void {
  const hub = hubs.get(channel)
  if (hub === null) return
  const from = user === null ? 'null' : `"${user}"`
  const json = `{"op":"signal","channel":"${channel}","type":"${type}","data":${data},"user":${from}}`
  hub.mention(new Frame('signal', json), (feed) => feed.options.signals)
}
