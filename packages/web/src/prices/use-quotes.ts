import type { LiveEntry, LiveSnapshot } from 'dovetail-client'
import { useEffect, useMemo, useState } from 'react'
import type { AppClient } from '../session/app-client.ts'
import type { QuoteData } from '../session/data-types.ts'
import { useSession } from '../session/session-context.ts'
import { nextBoard, type PastPoints, type Quote, withPast } from './board/quote-board.ts'
import { minuteChannel, readPast } from './board/read-past.ts'

/** `prices` delivers the latest value of each instrument, `ticks` every value. */
export type Feed = 'prices' | 'ticks'

export interface Quotes {
  quotes: readonly Quote[]
  state: LiveSnapshot['state']
}

const most = 500

/**
 * The board of a feed, rendered at most once an animation frame: the minute before from one page over REST, and from
 * there on live.
 */
export function useQuotes(feed: Feed): Quotes {
  const { client, traffic } = useSession()
  const [state, setState] = useState<LiveSnapshot['state']>('loading')
  const [board, setBoard] = useState<ReadonlyMap<string, Quote>>(new Map())

  useEffect(() => {
    const serverNow = () => Date.now() + traffic.serverClockOffsetMs
    // Not by `useLive`, which renders for each frame received: a fast feed sends more of them than a screen shows.
    const view = client.channel(`${feed}:demo`).collection('quotes').live({ limit: most })
    let drawn: ReadonlyMap<string, Quote> = new Map()
    let past: PastPoints | null = null
    let frame: number | null = null
    const draw = () => {
      frame = null
      const { records, state } = view.getSnapshot()
      drawn = nextBoard(drawn, records.flatMap(recordOf), serverNow())
      if (past !== null && drawn.size > 0) {
        drawn = withPast(drawn, past, serverNow())
        past = null
      }
      setState(state)
      setBoard(drawn)
    }
    const drawSoon = () => {
      frame ??= requestAnimationFrame(draw)
    }
    draw()
    const stop = view.subscribe(drawSoon)
    const reading = new AbortController()
    readMinutes(client, reading.signal).then(
      (minutes) => {
        past = minutes
        if (!reading.signal.aborted) drawSoon()
      },
      () => undefined, // Without it, the lines begin with the page.
    )
    return () => {
      reading.abort()
      stop()
      view.close()
      if (frame !== null) cancelAnimationFrame(frame)
    }
  }, [client, traffic, feed])

  const quotes = useMemo(() => [...board.values()], [board])
  return { quotes, state }
}

function recordOf({ record }: LiveEntry<QuoteData>) {
  return record === null ? [] : [record]
}

/** The minute before the page was opened, as one page over REST. */
async function readMinutes(client: AppClient, signal: AbortSignal): Promise<PastPoints> {
  const { records } = await client.channel(minuteChannel).collection('quotes').list({ limit: most, signal })
  return readPast(records)
}
