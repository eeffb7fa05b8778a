import { lazy, Suspense } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import { findChannelName } from './chat/channels/channel-path.ts'
import { ChatPage } from './chat/chat-page.tsx'
import { Footer } from './footer/footer.tsx'
import { ProfileButton } from './profiles/profile-button.tsx'
import { NavigationRail } from './shell/navigation-rail.tsx'
import { NotFound } from './shell/not-found.tsx'
import { PageErrorBoundary } from './shell/page-error-boundary.tsx'
import { Shell } from './shell/shell.tsx'
import { ThemeSwitch } from './shell/theme-switch.tsx'
import { Delayed } from './ui/delayed.tsx'
import { Notice } from './ui/notice.tsx'
import { useShownChannel } from './use-shown-channel.ts'

const ComparePage = lazy(() => import('./compare/compare-page.tsx').then((module) => ({ default: module.ComparePage })))
const GamePage = lazy(() => import('./game/game-page.tsx').then((module) => ({ default: module.GamePage })))
const GuidePage = lazy(() => import('./guide/guide-page.tsx').then((module) => ({ default: module.GuidePage })))
const PricesPage = lazy(() => import('./prices/prices-page.tsx').then((module) => ({ default: module.PricesPage })))
const StatusPage = lazy(() => import('./status/status-page.tsx').then((module) => ({ default: module.StatusPage })))

const home = `/chat/${encodeURIComponent('chat:general')}`

/** Every page in the shell. The chat page is part of the first load; the others are loaded when they are opened. */
export function App() {
  const channel = useShownChannel()
  const [location] = useLocation()
  const page = location.split('/')[1]
  return (
    <Shell
      rail={
        <NavigationRail>
          <ThemeSwitch />
          <ProfileButton />
        </NavigationRail>
      }
      footer={<Footer channel={channel} />}
    >
      <PageErrorBoundary key={page}>
        <Suspense fallback={<PageLoading />}>
          <Switch>
            <Route path="/">
              <Redirect to={`${home}${window.location.search}`} replace />
            </Route>
            <Route path="/chat/:channel?">{({ channel: name }) => <ChatRoute name={name} />}</Route>
            <Route path="/game" component={GamePage} />
            <Route path="/prices" component={PricesPage} />
            <Route path="/compare" component={ComparePage} />
            <Route path="/status" component={StatusPage} />
            <Route path="/docs/guide/:page?">{({ page: name }) => <GuidePage name={name ?? null} />}</Route>
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </PageErrorBoundary>
    </Shell>
  )
}

function PageLoading() {
  return (
    <Delayed>
      <Notice title="Loading" />
    </Delayed>
  )
}

function ChatRoute({ name }: { name: string | undefined }) {
  const channel = name === undefined ? null : findChannelName(name)
  return name !== undefined && channel === null ? <NotFound /> : <ChatPage channel={channel} />
}
