import type { RandomWalk } from './random-walk.ts'

export interface PriceFeed {
  readonly url: string
  readonly token: string
  /** Each quote goes to all of these. */
  readonly channels: readonly string[]
  readonly walk: RandomWalk
  /** Quotes a second. */
  readonly rate: number
  readonly isWanted: () => boolean
  readonly fetch: typeof fetch
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly pause: (ms: number) => Promise<unknown>
  readonly isStopped: () => boolean
  readonly tell: (line: string) => void
}

/** Quotes are sent together so often: shorter costs more requests, longer is seen. */
const batchMs = 50
/** Writes of one batch, as the protocol has it. */
const batchWrites = 500

/** Feeds until stopped, at a steady rate; what could not be sent in time is dropped, since only the newest price counts. */
export async function feedPrices(feed: PriceFeed): Promise<void> {
  let owedFrom = feed.now()
  let isTold = false
  while (!feed.isStopped()) {
    await feed.pause(batchMs)
    const due = Math.floor(((feed.now() - owedFrom) / 1000) * feed.rate)
    if (due === 0) continue
    owedFrom += (due / feed.rate) * 1000
    if (!feed.isWanted()) continue
    const refusal = await send(feed, Math.min(due, batchWrites))
    if (refusal !== null && !isTold) feed.tell(refusal)
    isTold = refusal !== null
  }
}

/** What went wrong, in one line; `null`: all was written. */
async function send(feed: PriceFeed, count: number): Promise<string | null> {
  const quotes = Array.from({ length: count }, () => feed.walk.next())
  const newest = new Map(quotes.map((quote) => [quote.symbol, quote]))
  const writes = feed.channels.flatMap((channel) =>
    [...newest.values()].map((quote) => ({
      op: 'put',
      channel,
      collection: 'quotes',
      recordId: quote.symbol,
      data: quote,
    })),
  )
  try {
    const response = await feed.fetch(`${feed.url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${feed.token}`, 'content-type': 'application/json' },
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
