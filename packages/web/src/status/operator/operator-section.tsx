import { useEffect, useMemo, useRef, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import sectionStyles from '../section.module.css'
import { EventTables } from './event-tables.tsx'
import { ChannelInspector } from './inspector/channel-inspector.tsx'
import { LiveChannels } from './live-channels.tsx'
import { NodesTable } from './nodes-table.tsx'
import styles from './operator.module.css'
import { operatorRequests } from './operator-request.ts'
import type { OperatorToken } from './operator-token.ts'
import { SignInForm } from './sign-in-form.tsx'
import { SlowReaders } from './slow-readers.tsx'
import { useServerStatus } from './use-server-status.ts'

/**
 * status/operator/: what goes on at the server, and why?
 *
 * For who holds a token of an admin or a service: nodes, channels, slow readers, refusals, and one channel from inside.
 */
export function OperatorSection({ token, clear }: { token: string; clear: OperatorToken['clear'] }) {
  const request = useMemo(() => operatorRequests(token), [token])
  const { last, problem, isRefused } = useServerStatus(request)
  const [inspected, inspect] = useState<string | null>(null)
  const bar = useRef<HTMLElement>(null)
  // The form that led here stood further down the page.
  useEffect(() => bar.current?.focus(), [])
  return (
    <section className={styles.operator} aria-label="Operator">
      <header ref={bar} className={styles.bar} tabIndex={-1}>
        <p className={sectionStyles.about} role="status">
          {problem ??
            (last === null ? 'Asking the server' : `Answered by ${last.node}. All but the nodes is about it alone.`)}
        </p>
        <Button onClick={clear}>{isRefused ? 'Use another token' : 'Leave the operator’s view'}</Button>
      </header>
      {last !== null && (
        <>
          <NodesTable nodes={last.nodes} at={last.at} />
          <LiveChannels channels={last.channels} onInspect={inspect} />
          <SlowReaders readers={last.slowReaders} request={request} />
          <ChannelInspector request={request} channel={inspected} onInspect={inspect} />
          <EventTables status={last} />
        </>
      )}
    </section>
  )
}

/** The way in, for who has a token. */
export function OperatorSignIn({ set }: Pick<OperatorToken, 'set'>) {
  return (
    <section className={sectionStyles.section}>
      <h2 className={sectionStyles.title}>For operators</h2>
      <p className={sectionStyles.about}>
        With a token of the role <code>admin</code> or <code>service</code> this page shows nodes, live channels, slow
        readers and refusals, and looks into a channel. <code>dovetail token --user root --role admin</code> prints one.
        It stays in this tab.
      </p>
      <SignInForm onToken={set} />
    </section>
  )
}
