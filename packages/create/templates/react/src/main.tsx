import { createClient } from 'dovetail-client'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import type { Types } from '../dovetail.config.ts'
import { Chat } from './chat.tsx'
import { guestToken } from './guest-token.ts'
import { ClientProvider } from './hooks.ts'

const url = location.origin
const client = createClient<Types>({ url, getToken: () => guestToken(url) })

const root = document.getElementById('root')
if (root === null) throw new Error('no root')
createRoot(root).render(
  <StrictMode>
    <ClientProvider value={client}>
      <Chat />
    </ClientProvider>
  </StrictMode>,
)
