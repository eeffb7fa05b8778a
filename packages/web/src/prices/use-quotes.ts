import type { LiveEntry, LiveSnapshot } from 'dovetail-client'
import { useEffect, useMemo, useState } from 'react'
import type { QuoteData } from '../session/data-types.ts'
import { useAppClient } from '../session/session-context.ts'
import { nextBoard, type Quote } from './quote-board.ts'

/** `prices` delivers the latest value of each instrument, `ticks` every value. */
export type Feed = 'prices' | 'ticks'

export interface Quotes {
  quotes: readonly Quote[]
  state: LiveSnapshot['state']
}

const most = 500

/** The board of a feed, rendered at most once an animation frame. */
export function useQuotes(feed: Feed): Quotes {
  const client = useAppClient()
  const [state, setState] = useState<LiveSnapshot['state']>('loading')
  const [board, setBoard] = useState<ReadonlyMap<string, Quote>>(new Map())

  useEffect(() => {
    // Not by `useLive`, which renders for each frame received: a fast feed sends more of them than a screen shows.
    const view = client.channel(`${feed}:demo`).collection('quotes').live({ limit: most })
    setBoard(new Map())
    let frame: number | null = null
    const draw = () => {
      frame = null
      const { records, state } = view.getSnapshot()
      setState(state)
      setBoard((before) => nextBoard(before, records.flatMap(recordOf), Date.now()))
    }
    draw()
    const stop = view.subscribe(() => {
      frame ??= requestAnimationFrame(draw)
    })
    return () => {
      stop()
      view.close()
      if (frame !== null) cancelAnimationFrame(frame)
    }
  }, [client, feed])

  const quotes = useMemo(() => [...board.values()], [board])
  return { quotes, state }
}

function recordOf({ record }: LiveEntry<QuoteData>) {
  return record === null ? [] : [record]
}
