import type { SeededRandom } from '../random/seeded-random.ts'
import { nextGapMs, poissonArrivals } from './arrivals.ts'
import type { PlannedEvent, Span, Workload } from './workload.ts'

const burstsPerSecond = 1.5
const perBurst = 4
const inBurstPerSecond = 5
const writerShare = 0.2
const shortest = 20
const longest = 280

/** A chat: bursts of messages with pauses between them. */
export const chat: Workload = {
  name: 'chat',
  about: 'bursts of messages at random, 6 a second on average, 20 to 280 bytes, written by a fifth of the clients',
  namespace: 'chat',
  collection: 'messages',
  reading: 'changes',
  defaults: { clients: 50, durationMs: 10_000 },
  prefill: { records: 0, bytes: 0 },
  rareEvents: null,
  plan,
  data: (text) => `{"text":"${text}"}`,
}

function plan(random: SeededRandom, { clients, durationMs }: Span): PlannedEvent[] {
  const writers = Math.max(1, Math.round(clients * writerShare))
  const moments = poissonArrivals(random, burstsPerSecond, durationMs).flatMap((at) => {
    const said = [at]
    const count = random.between(1, 2 * perBurst)
    for (let next = at + nextGapMs(random, inBurstPerSecond); said.length < count && next < durationMs; ) {
      said.push(next)
      next += nextGapMs(random, inBurstPerSecond)
    }
    return said
  })
  return moments
    .sort((a, b) => a - b)
    .map((atMs) => ({
      atMs,
      bytes: random.between(shortest, longest),
      writer: random.between(0, writers),
      key: null,
    }))
}
