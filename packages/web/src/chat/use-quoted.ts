import { useContext, useSyncExternalStore } from 'react'
import type { Quoted } from './quotes.ts'
import { QuotesContext } from './quotes-context.ts'

/** What a message says that is answered to; null until it is known. */
export function useQuoted(id: string): Quoted | null {
  const quotes = useContext(QuotesContext)
  if (quotes === null) throw new Error('useQuoted is used outside of QuotesContext')
  return useSyncExternalStore(quotes.subscribe, () => quotes.get(id))
}
