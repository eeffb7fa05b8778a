import { askChanges, framesOf, type Round } from './round.ts'

const everyMs = 2_000

/** Asks, then waits a little. */
export async function followPoll(round: Round): Promise<void> {
  const { network, subs, signal } = round
  const { replies } = await askChanges(network, subs, {}, { signal })
  round.alive()
  for (const reply of replies) for (const frame of framesOf(reply)) round.frame(frame)
  if (replies.some((reply) => reply.error === undefined && reply.more)) return
  await new Promise<void>((resolve) => {
    const end = () => {
      stop()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const stop = network.clock.after(everyMs * (0.75 + network.random() / 2), end)
    signal.addEventListener('abort', end)
  })
}
