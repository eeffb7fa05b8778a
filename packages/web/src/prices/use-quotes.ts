import type { LiveEntry, LiveSnapshot } from '@dovetail/client'
import { useEffect, useMemo, useState } from 'react'
import type { QuoteData } from '../session/data-types.ts'
import { useAppClient } from '../session/session-context.ts'
import { useLive } from '../session/use-live.ts'
import { nextBoard, type Quote } from './quote-board.ts'

/** `prices` sends the latest value of each instrument, `ticks` every one of them. */
export type Feed = 'prices' | 'ticks'

export interface Quotes {
  quotes: readonly Quote[]
  state: LiveSnapshot['state']
}

const most = 500

/** The board of a feed, drawn anew once a frame of the screen at most. */
export function useQuotes(feed: Feed): Quotes {
  const client = useAppClient()
  const collection = useMemo(() => client.channel(`${feed}:demo`).collection('quotes'), [client, feed])
  const { view, snapshot } = useLive<QuoteData>(collection, { limit: most })
  const [board, setBoard] = useState<ReadonlyMap<string, Quote>>(new Map())

  useEffect(() => {
    if (view === null) return
    setBoard(new Map())
    let frame: number | null = null
    const draw = () => {
      frame = null
      const records = view.getSnapshot().records.flatMap(recordOf)
      setBoard((before) => nextBoard(before, records, Date.now()))
    }
    const stop = view.subscribe(() => {
      frame ??= requestAnimationFrame(draw)
    })
    return () => {
      stop()
      if (frame !== null) cancelAnimationFrame(frame)
    }
  }, [view])

  const quotes = useMemo(() => [...board.values()], [board])
  return { quotes, state: snapshot.state }
}

function recordOf({ record }: LiveEntry<QuoteData>) {
  return record === null ? [] : [record]
}
