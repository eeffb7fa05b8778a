import { DovetailError, type SearchHit } from 'dovetail-client'
import { useEffect, useState } from 'react'
import { useAppClient } from '../../session/session-context.ts'

export type SearchResult =
  | { state: 'idle' }
  | { state: 'found'; hits: readonly SearchHit[]; more: boolean }
  | { state: 'failed'; reason: string }

const pauseMs = 150 // between the last keystroke and the request
const limit = 30
const idle: SearchResult = { state: 'idle' }

/** Searches while the user types. The last result stays until the next one, so that nothing flickers. */
export function useSearch() {
  const client = useAppClient()
  const [query, setQuery] = useState('')
  const [result, setResult] = useState<SearchResult>(idle)
  const words = query.trim()

  useEffect(() => {
    if (words === '') {
      setResult(idle)
      return
    }
    const stop = new AbortController()
    const ask = async () => {
      try {
        const options = { collection: 'messages', limit, signal: stop.signal }
        const { hits, after } = await client.search(words, options)
        if (!stop.signal.aborted) setResult({ state: 'found', hits, more: after !== null })
      } catch (error) {
        if (stop.signal.aborted) return
        setResult({ state: 'failed', reason: error instanceof DovetailError ? error.detail : String(error) })
      }
    }
    const timer = setTimeout(ask, pauseMs)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [client, words])

  return { query, setQuery, result }
}
