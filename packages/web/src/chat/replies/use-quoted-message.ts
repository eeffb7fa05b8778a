import { createContext, useContext, useSyncExternalStore } from 'react'
import type { QuotedMessage, QuotedMessages } from './quoted-messages.ts'

export const QuotedMessagesContext = createContext<QuotedMessages | null>(null)

/** The message that a reply quotes; null until it is loaded. */
export function useQuotedMessage(id: string): QuotedMessage | null {
  const quotedMessages = useContext(QuotedMessagesContext)
  if (quotedMessages === null) throw new Error('useQuotedMessage is used outside of QuotedMessagesContext')
  return useSyncExternalStore(quotedMessages.subscribe, () => quotedMessages.get(id))
}
