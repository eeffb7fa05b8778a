import { lazy, Suspense } from 'react'
import { Redirect, Route, Switch, useLocation } from 'wouter'
import { channelIn } from './chat/channel-path.ts'
import { ChatPage } from './chat/chat-page.tsx'
import { Foot } from './frame/foot.tsx'
import { NowhereNotice } from './frame/nowhere-notice.tsx'
import { PageBoundary } from './frame/page-boundary.tsx'
import { Rail } from './frame/rail.tsx'
import { Shell } from './frame/shell.tsx'
import { ThemeSwitch } from './frame/theme-switch.tsx'
import { useShownChannel } from './frame/use-shown-channel.ts'
import { ProfileButton } from './profile/profile-button.tsx'

const ComparePage = lazy(() => import('./compare/compare-page.tsx').then((module) => ({ default: module.ComparePage })))
const GamePage = lazy(() => import('./game/game-page.tsx').then((module) => ({ default: module.GamePage })))
const PricesPage = lazy(() => import('./prices/prices-page.tsx').then((module) => ({ default: module.PricesPage })))
const StatusPage = lazy(() => import('./status/status-page.tsx').then((module) => ({ default: module.StatusPage })))

const home = `/chat/${encodeURIComponent('chat:general')}`

/** Every page in its frame. The chat page comes with the first load, the others when they are opened. */
export function App() {
  const channel = useShownChannel()
  const [location] = useLocation()
  const page = location.split('/')[1]
  return (
    <Shell
      rail={
        <Rail>
          <ThemeSwitch />
          <ProfileButton />
        </Rail>
      }
      foot={<Foot channel={channel} />}
    >
      <PageBoundary key={page}>
        <Suspense fallback={null}>
          <Switch>
            <Route path="/">
              <Redirect to={`${home}${window.location.search}`} replace />
            </Route>
            <Route path="/chat/:channel?">{({ channel: name }) => <ChatRoute name={name} />}</Route>
            <Route path="/game" component={GamePage} />
            <Route path="/prices" component={PricesPage} />
            <Route path="/compare" component={ComparePage} />
            <Route path="/status" component={StatusPage} />
            <Route component={NowhereNotice} />
          </Switch>
        </Suspense>
      </PageBoundary>
    </Shell>
  )
}

function ChatRoute({ name }: { name: string | undefined }) {
  const channel = name === undefined ? null : channelIn(name)
  return name !== undefined && channel === null ? <NowhereNotice /> : <ChatPage channel={channel} />
}
