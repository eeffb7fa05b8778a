import { askChanges, framesOf, type Round } from './round.ts'

const waitSeconds = 25
const graceMs = 10_000

/** One long-poll: it ends with a change, or without one when its wait is over. */
export async function followLongPoll(round: Round): Promise<void> {
  const { network, subs, extras, signal } = round
  const { limits } = network
  // Presence leases are renewed when the request ends: early enough for the lease, even if timers are throttled.
  const longest =
    extras.presence === undefined ? waitSeconds : Math.min(waitSeconds, Math.max(1, limits.presenceSeconds / 2))
  const wait = limits.waitSeconds(longest)
  const { replies, signals } = await askChanges(
    network,
    subs,
    { wait: String(wait), ...extras },
    { signal, timeoutMs: wait * 1000 + graceMs },
  )
  round.alive()
  for (const reply of replies) for (const frame of framesOf(reply)) round.frame(frame)
  for (const received of signals) round.frame({ ...received, op: 'signal' })
}
