import type { SeededRandom } from '../random/seeded-random.ts'
import { poissonArrivals } from './arrivals.ts'
import type { PlannedEvent, Span, Workload } from './workload.ts'

const symbols = 40
const perSecond = 100
const noteBytes = 16

/** A feed of quotes: only the latest quote of each symbol matters. */
export const prices: Workload = {
  name: 'prices',
  about: 'a backend writes 100 quotes a second of 40 symbols; only the latest of each counts',
  namespace: 'prices',
  collection: 'quotes',
  reading: 'changes',
  defaults: { clients: 20, durationMs: 10_000 },
  prefill: { records: 0, bytes: 0 },
  rareEvents: null,
  plan: (random: SeededRandom, { durationMs }: Span): PlannedEvent[] =>
    poissonArrivals(random, perSecond, durationMs).map((atMs) => ({
      atMs,
      bytes: noteBytes,
      writer: null,
      key: `S${random.between(0, symbols)}`,
    })),
  data: (text, key) => `{"symbol":"${key ?? 'S'}","price":101.25,"note":"${text}"}`,
}
