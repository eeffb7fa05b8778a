import { serverPath } from '../session/app-base.ts'
import '../styles/mono.css'
import { useMemo } from 'react'
import { Delayed } from '../ui/delayed.tsx'
import { Notice } from '../ui/notice.tsx'
import { usePageTitle } from '../ui/use-page-title.ts'
import { HealthSection } from './health-section.tsx'
import { LimitsSection } from './limits-section.tsx'
import type { Reading } from './load-history.ts'
import { LoadSection } from './load-section.tsx'
import { OperatorSection, OperatorSignIn } from './operator/operator-section.tsx'
import { useOperatorToken } from './operator/operator-token.ts'
import styles from './status-page.module.css'
import { type ServerStatus, useStatus } from './use-status.ts'
import { WorkSection } from './work-section.tsx'
import { workTables } from './work-tables.ts'

/**
 * status/: how is the server?
 *
 * Its health, its work and its limits.
 */
export function StatusPage() {
  usePageTitle('Status')
  const { last, readings, failed } = useStatus()
  if (last === null && failed) {
    return <Notice title="The server does not answer">This page shows how it is as soon as it does.</Notice>
  }
  if (last === null) {
    return (
      <Delayed>
        <Notice title="Asking the server" />
      </Delayed>
    )
  }
  return <StatusFigures status={last} readings={readings} failed={failed} />
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' })

interface StatusFiguresProps {
  status: ServerStatus
  readings: readonly Reading[]
  failed: boolean
}

function StatusFigures({ status, readings, failed }: StatusFiguresProps) {
  const { token, set, clear } = useOperatorToken()
  const tables = useMemo(() => workTables(status.metrics), [status.metrics])
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Status">
      <div className={styles.page}>
        <header className={styles.head}>
          <h1 className={styles.title}>Status</h1>
          <p className={styles.lead} role="status" data-failed={failed}>
            {failed
              ? `The server does not answer. This is how it was at ${clock.format(status.at)}.`
              : 'This server, asked again every 5 seconds. Counts are since it was started.'}
          </p>
        </header>
        {token !== null && <OperatorSection token={token} clear={clear} />}
        <div className={styles.sections}>
          {!failed && <HealthSection health={status.health} />}
          <LoadSection readings={readings} />
          <WorkSection tables={tables} />
          <p className={styles.lead}>
            For a monitor, all of this and more: <a href={serverPath('/metrics')}>/metrics</a>
          </p>
          {token === null && <OperatorSignIn set={set} />}
        </div>
        <LimitsSection limits={status.limits} />
      </div>
    </section>
  )
}
