'use client'

import { type Client, createClient } from 'dovetail-client'
import { useEffect, useState } from 'react'
import type { Types } from '../dovetail.config.ts'
import { Chat } from '../src/chat.tsx'
import { guestToken } from '../src/guest-token.ts'
import { ClientProvider } from '../src/hooks.ts'

/** The client belongs to a browser, so it is made when the page is mounted there. */
export function Live() {
  const [client, setClient] = useState<Client<Types> | null>(null)
  useEffect(() => {
    const url = `${location.origin}/live`
    const opened = createClient<Types>({ url, getToken: () => guestToken(url) })
    setClient(opened)
    return () => opened.close()
  }, [])
  if (client === null) return null
  return (
    <ClientProvider value={client}>
      <Chat />
    </ClientProvider>
  )
}
