/**
 * Measures how old the prices are that a slow reader shows: 200 symbols, each with a new price ten times a second, over
 * a line that takes a tenth of that. Each symbol can come once a second, so an age of a second is the best there is.
 */
import { PostPool } from '../../load/post-pool.ts'
import { sendOnSchedule } from '../../load/send-on-schedule.ts'
import { openSlowLine } from '../../load/slow-line.ts'
import { type BenchCandidate, startDovetail } from '../candidates/candidate.ts'
import { type BenchTransport, dovetailReaders } from '../candidates/dovetail-readers.ts'
import type { Row } from '../report/report.ts'
import { valueAt } from '../report/value-at.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

const channel = 'prices:bench'
const symbols = 200
const roundMs = 100
/** A tenth of what all changes take. */
const lineBytesPerSecond = 42_000
/** Until the server knows how slow the line is, and what it sent before that has arrived. */
const warmUpSeconds = 15
/** The most that is allowed for p99, in ms. */
const allowedAge = 2000

export async function slowPrices(settings: BenchSettings, report: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = []
  for (const transport of ['websocket', 'sse'] satisfies BenchTransport[]) {
    const candidate = await startDovetail(settings)
    try {
      rows.push(await measure(candidate, transport, settings.seconds))
    } finally {
      await candidate.stop()
    }
    report(`by ${transport}: ${rows.at(-1)?.detail}`)
  }
  return rows
}

async function measure({ server, post }: BenchCandidate, transport: BenchTransport, seconds: number): Promise<Row> {
  const feed = new PriceFeed(post)
  await feed.put(0)
  const line = await openSlowLine(server.port, lineBytesPerSecond)
  // A symbol that never came shows the price from before the first round.
  const shown = new Map(Array.from({ length: symbols }, (_, n) => [`S${n}`, 0]))
  let bytesTaken = 0
  const reader = await dovetailReaders(
    line.port,
    channel,
    transport,
  )((bytes, start, end) => {
    bytesTaken += end - start
    for (const [, symbol = '', round] of bytes.toString('latin1', start, end).matchAll(quote))
      shown.set(symbol, Number(round))
  })
  const rounds = Math.ceil(((warmUpSeconds + seconds) * 1000) / roundMs)
  const atMs = Array.from({ length: rounds }, (_, index) => (index + 1) * roundMs)
  const ages: number[] = []
  let bytesAtStart = 0
  const startAt = performance.now()
  await sendOnSchedule({
    atMs,
    startAt,
    send: (index) => {
      void feed.put(index + 1)
      const elapsed = performance.now() - startAt
      if (elapsed < warmUpSeconds * 1000) bytesAtStart = bytesTaken
      else for (const round of shown.values()) ages.push(feed.ageOf(round))
    },
  })
  reader.destroy()
  await line.stop()
  await feed.close()
  const detail = [
    `p50 ${shareOf(ages, 0.5)} ms, max ${shareOf(ages, 1)} ms`,
    `${((bytesTaken - bytesAtStart) / seconds / 1000).toFixed(0)} KB/s taken`,
    `writes acknowledged: p99 ${shareOf(feed.waitedMs, 0.99)} ms`,
  ]
  return {
    title: `age of the prices that a reader at a tenth of the speed shows, by ${transport}: p99`,
    value: shareOf(ages, 0.99),
    unit: 'ms',
    // A stream has no answer from its peer: what the peer's system holds back is not known to the server.
    limit: transport === 'websocket' ? allowedAge : null,
    detail: detail.join('; '),
  }
}

/** The value below which this share of all lies, as a whole number. */
function shareOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return Math.round(valueAt(sorted, share) ?? Number.POSITIVE_INFINITY)
}

/** A record's symbol and price; the price is the number of its round. */
const quote = /"symbol":"(S\d+)","price":(\d+)/g

class PriceFeed {
  readonly #pool: PostPool
  readonly #answers: Promise<void>[] = []
  /** When each round was acknowledged, in ms of `performance.now()`. */
  readonly #acknowledgedAt: number[] = []
  readonly waitedMs: number[] = []

  constructor(post: BenchCandidate['post']) {
    this.#pool = new PostPool({ ...post, path: '/v1/batch', connections: 4 })
  }

  /** Gives every symbol the round's number as its price. */
  put(round: number): Promise<void> {
    const writes = Array.from({ length: symbols }, (_, n) => {
      const data = { symbol: `S${n}`, price: round }
      return { op: 'put', channel, collection: 'quotes', recordId: `S${n}`, data }
    })
    const askedAt = performance.now()
    const answered = this.#pool.post(JSON.stringify({ writes })).then(({ status, body }) => {
      if (status !== 200 || body.includes('"error"'))
        throw new Error(`prices were answered ${status}: ${body.slice(0, 300)}`)
      this.#acknowledgedAt[round] = performance.now()
      this.waitedMs.push(performance.now() - askedAt)
    })
    this.#answers.push(answered)
    return answered
  }

  /** A price may be seen before its answer: it is new then. */
  ageOf(round: number): number {
    return Math.max(0, performance.now() - (this.#acknowledgedAt[round] ?? Number.POSITIVE_INFINITY))
  }

  async close(): Promise<void> {
    await Promise.all(this.#answers)
    this.#pool.close()
  }
}
