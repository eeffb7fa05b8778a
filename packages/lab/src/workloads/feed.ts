import type { Dice } from '../check/dice.ts'
import { steady } from './arrivals.ts'
import type { PlannedEvent, Span, Workload } from './workload.ts'

const perSecond = 0.5
const articleBytes = 400
const pageRecords = 50

/** A page that many read and that changes at times: what a cache is for. */
export const feed: Workload = {
  name: 'feed',
  about: 'the newest 50 articles of 400 bytes, read as one page; a backend adds one every two seconds',
  namespace: 'docs',
  collection: 'articles',
  reading: 'page',
  usual: { clients: 20, durationMs: 10_000 },
  filled: { records: pageRecords, bytes: articleBytes },
  rarely: null,
  plan: (_dice: Dice, { durationMs }: Span): PlannedEvent[] =>
    steady(perSecond, durationMs).map((atMs) => ({ atMs, bytes: articleBytes, writer: null, key: null })),
  data: (text) => `{"title":"An article","text":"${text}"}`,
}
