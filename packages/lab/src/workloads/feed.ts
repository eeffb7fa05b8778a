import type { SeededRandom } from '../random/seeded-random.ts'
import { steadyArrivals } from './arrivals.ts'
import type { PlannedEvent, Span, Workload } from './workload.ts'

const perSecond = 0.5
const articleBytes = 400
const pageRecords = 50

/** A page with many readers that changes now and then, which a cache suits. */
export const feed: Workload = {
  name: 'feed',
  about: 'the newest 50 articles of 400 bytes, read as one page; a backend adds one every two seconds',
  namespace: 'docs',
  collection: 'articles',
  reading: 'page',
  defaults: { clients: 20, durationMs: 10_000 },
  prefill: { records: pageRecords, bytes: articleBytes },
  rareEvents: null,
  plan: (_random: SeededRandom, { durationMs }: Span): PlannedEvent[] =>
    steadyArrivals(perSecond, durationMs).map((atMs) => ({ atMs, bytes: articleBytes, writer: null, key: null })),
  data: (text) => `{"title":"An article","text":"${text}"}`,
}
