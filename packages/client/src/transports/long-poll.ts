import { askChanges, framesOf, type Round } from './round.ts'

const waitSeconds = 25
const graceMs = 10_000

/** One parked request: it ends with a change, or without one when the wait is over. */
export async function followLongPoll(round: Round): Promise<void> {
  const { network, subs, extras, signal } = round
  const query = { wait: String(waitSeconds), ...extras }
  const { replies, signals } = await askChanges(network, subs, query, {
    signal,
    timeoutMs: waitSeconds * 1000 + graceMs,
  })
  round.alive()
  for (const reply of replies) for (const frame of framesOf(reply)) round.frame(frame)
  for (const heard of signals) round.frame({ ...heard, op: 'signal' })
}
