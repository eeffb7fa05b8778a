import { DovetailError, type SearchHit } from 'dovetail-client'
import { useEffect, useState } from 'react'
import type { AppClient } from '../../session/app-client.ts'
import { useAppClient } from '../../session/session-context.ts'

export interface FoundHits {
  state: 'found'
  hits: readonly SearchHit[]
  /** Where the next page begins; null: these are all. */
  after: string | null
  /** False: the server did not look everywhere (too many channels, or messages that are still being indexed). */
  complete: boolean
  /** Of the next page: it is being read, or could not be. */
  next: 'idle' | 'loading' | 'failed'
}

export type SearchResult = { state: 'idle' } | FoundHits | { state: 'failed'; reason: string }

/** Where to look: in all channels that the reader may see, or in the open one. */
export type SearchScope = 'everywhere' | 'here'

export interface Search {
  query: string
  setQuery: (query: string) => void
  scope: SearchScope
  setScope: (scope: SearchScope) => void
  result: SearchResult
  /** Reads the next page. */
  more: () => void
}

const pauseMs = 150 // between the last keystroke and the request
const limit = 30
const idle: SearchResult = { state: 'idle' }

/**
 * Searches while the user types. The last result stays until the next one, so that nothing flickers.
 *
 * @param shown the open channel
 */
export function useSearch(shown: string): Search {
  const client = useAppClient()
  const [query, setQuery] = useState('')
  const [scope, setScope] = useState<SearchScope>('everywhere')
  const [result, setResult] = useState<SearchResult>(idle)
  const words = query.trim()
  const channel = scope === 'here' ? shown : null

  useEffect(() => {
    if (words === '') {
      setResult(idle)
      return
    }
    const stop = new AbortController()
    const ask = () =>
      readPage(client, words, channel, null, stop.signal).then(
        (page) => !stop.signal.aborted && setResult({ state: 'found', ...page, next: 'idle' }),
        (error: unknown) => !stop.signal.aborted && setResult({ state: 'failed', reason: reasonOf(error) }),
      )
    const timer = setTimeout(ask, pauseMs)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [client, words, channel])

  const more = () => {
    if (result.state !== 'found' || result.after === null || result.next === 'loading') return
    const before: FoundHits = { ...result, next: 'loading' }
    setResult(before)
    // What was typed meanwhile has another result, which is no longer the one that is added to.
    const replace = (after: FoundHits) => setResult((now) => (now === before ? after : now))
    readPage(client, words, channel, result.after).then(
      (page) => replace(joined(before, page)),
      () => replace({ ...before, next: 'failed' }),
    )
  }

  return { query, setQuery, scope, setScope, result, more }
}

type ReadHits = Pick<FoundHits, 'hits' | 'after' | 'complete'>

/** @param channel null: all; `from`: where the page begins; null: with the newest */
async function readPage(
  client: AppClient,
  words: string,
  channel: string | null,
  from: string | null,
  signal?: AbortSignal,
): Promise<ReadHits> {
  const { hits, after, complete } = await client.search(words, {
    collection: 'messages',
    limit,
    ...(channel === null ? {} : { channel }),
    ...(from === null ? {} : { after: from }),
    ...(signal === undefined ? {} : { signal }),
  })
  return { hits, after, complete: complete ?? true }
}

function joined(before: FoundHits, { hits, after, complete }: ReadHits): FoundHits {
  return {
    state: 'found',
    hits: [...before.hits, ...hits],
    after,
    complete: before.complete && complete,
    next: 'idle',
  }
}

function reasonOf(error: unknown): string {
  return error instanceof DovetailError ? error.detail : String(error)
}
