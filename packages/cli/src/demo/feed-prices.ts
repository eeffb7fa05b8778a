import { PriceMinutes } from './price-minutes.ts'
import type { Quote, RandomWalk } from './random-walk.ts'

export interface PriceFeed {
  readonly url: string
  readonly token: () => Promise<string>
  /** Each quote goes to all of these. */
  readonly channels: readonly string[]
  /** Gets the last minute of each instrument, every two seconds, for pages that open. */
  readonly minuteChannel: string
  readonly walk: RandomWalk
  /** Quotes a second. */
  readonly rate: number
  readonly isWanted: () => boolean
  readonly fetch: typeof fetch
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly pause: (ms: number) => Promise<unknown>
  readonly isStopped: () => boolean
  readonly report: (line: string) => void
}

/** The interval of batches: a shorter one costs more requests, a longer one is visible. */
const batchMs = 50
/** Writes of one batch, as the protocol has it. */
const batchWrites = 500
/** The most quotes sent at once: the most of 50 ms, twice, for a timer that was late. */
const mostQuotes = 2000

/** Publishes quotes at a steady rate until stopped. Quotes that a slower server cannot take are dropped. */
export async function feedPrices(feed: PriceFeed): Promise<void> {
  let owedFrom = feed.now()
  let isReported = false
  let isLate = false
  const minutes = new PriceMinutes()
  while (!feed.isStopped()) {
    await feed.pause(batchMs)
    const due = Math.floor(((feed.now() - owedFrom) / 1000) * feed.rate)
    if (due === 0) continue
    owedFrom += (due / feed.rate) * 1000
    if (!feed.isWanted()) continue
    if (due > mostQuotes && !isLate) feed.report(`the server takes fewer than ${feed.rate} quotes a second`)
    isLate ||= due > mostQuotes
    const refusal = await sendAll(feed, minutes, Math.min(due, mostQuotes))
    if (refusal !== null && !isReported) feed.report(refusal)
    isReported = refusal !== null
  }
}

/** Returns what went wrong, in one line; `null`: all quotes were written. */
async function sendAll(feed: PriceFeed, minutes: PriceMinutes, count: number): Promise<string | null> {
  const most = Math.floor(batchWrites / feed.channels.length)
  for (let left = count; left > 0; left -= most) {
    const quotes = Array.from({ length: Math.min(left, most) }, () => feed.walk.next())
    const refusal = await send(
      feed,
      feed.channels.flatMap((channel) => quotes.map((quote) => putOf(channel, quote))),
    )
    if (refusal !== null) return refusal
    minutes.note(quotes, feed.clock())
  }
  const due = minutes.due(feed.clock()).map((minute) => putOf(feed.minuteChannel, minute))
  return due.length === 0 ? null : send(feed, due)
}

function putOf(channel: string, quote: Quote) {
  return { op: 'put', channel, collection: 'quotes', recordId: quote.symbol, data: quote }
}

async function send(feed: PriceFeed, writes: readonly ReturnType<typeof putOf>[]): Promise<string | null> {
  try {
    const response = await feed.fetch(`${feed.url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await feed.token()}`, 'content-type': 'application/json' },
      body: JSON.stringify({ writes }),
    })
    const { results = [], detail } = (await response.json()) as {
      results?: { status: number; error?: { detail: string } }[]
      detail?: string
    }
    if (!response.ok) return `refused: ${detail ?? response.status}`
    return results.find((result) => result.error !== undefined)?.error?.detail ?? null
  } catch (error) {
    return `not reached: ${(error as Error).message}`
  }
}
