import type { Dice } from '../check/dice.ts'
import { pause, poisson } from './arrivals.ts'
import type { PlannedEvent, Span, Workload } from './workload.ts'

const burstsPerSecond = 1.5
const perBurst = 4
const inBurstPerSecond = 5
const writerShare = 0.2
const shortest = 20
const longest = 280

/** People talk: somebody says something, others answer at once, then it is still. */
export const chat: Workload = {
  name: 'chat',
  about: 'bursts of messages at random, 6 a second on average, 20 to 280 bytes, written by a fifth of the clients',
  namespace: 'chat',
  collection: 'messages',
  reading: 'changes',
  usual: { clients: 50, durationMs: 10_000 },
  filled: { records: 0, bytes: 0 },
  rarely: null,
  plan,
  data: (text) => `{"text":"${text}"}`,
}

function plan(dice: Dice, { clients, durationMs }: Span): PlannedEvent[] {
  const writers = Math.max(1, Math.round(clients * writerShare))
  const moments = poisson(dice, burstsPerSecond, durationMs).flatMap((at) => {
    const said = [at]
    const count = dice.between(1, 2 * perBurst)
    for (let next = at + pause(dice, inBurstPerSecond); said.length < count && next < durationMs; ) {
      said.push(next)
      next += pause(dice, inBurstPerSecond)
    }
    return said
  })
  return moments
    .sort((a, b) => a - b)
    .map((atMs) => ({
      atMs,
      bytes: dice.between(shortest, longest),
      writer: dice.between(0, writers),
      key: null,
    }))
}
