import { pause } from '../base/pause.ts'
import { askChanges, framesOf, type Round } from './round.ts'

const everyMs = 2_000

/** One poll, and the pause after it. */
export async function followPoll(round: Round): Promise<void> {
  const { network, subs, signal } = round
  const { replies } = await askChanges(network, subs, {}, { signal })
  round.alive()
  for (const reply of replies) for (const frame of framesOf(reply)) round.frame(frame)
  if (replies.some((reply) => reply.error === undefined && reply.more)) return
  await pause(network.clock, everyMs * (0.75 + network.random() / 2), signal)
}
