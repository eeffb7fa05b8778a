import './styles/base.css'
import { ClientProvider } from 'dovetail-client/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { App } from './app.tsx'
import { appBase } from './session/app-base.ts'
import { openSession } from './session/session.ts'
import { SessionContext } from './session/session-context.ts'

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')

const session = openSession()
createRoot(root).render(
  <StrictMode>
    <SessionContext value={session}>
      <ClientProvider value={session.client}>
        <Router base={appBase}>
          <App />
        </Router>
      </ClientProvider>
    </SessionContext>
  </StrictMode>,
)
