import { DovetailError, type SearchHit } from '@dovetail/client'
import { useEffect, useState } from 'react'
import { useAppClient } from '../session/session-context.ts'

export type SearchResult =
  | { state: 'nothing asked' }
  | { state: 'found'; hits: readonly SearchHit[]; more: boolean }
  | { state: 'failed'; why: string }

const pauseMs = 150 // between the last key and the question
const limit = 30
const nothingAsked: SearchResult = { state: 'nothing asked' }

/** Asks as one types. What was found stays until the next answer, so that nothing flickers. */
export function useSearch() {
  const client = useAppClient()
  const [query, setQuery] = useState('')
  const [result, setResult] = useState<SearchResult>(nothingAsked)
  const words = query.trim()

  useEffect(() => {
    if (words === '') {
      setResult(nothingAsked)
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
        setResult({ state: 'failed', why: error instanceof DovetailError ? error.detail : String(error) })
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
