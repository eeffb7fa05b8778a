import '../styles/mono.css'
import { useMemo } from 'react'
import { Late } from '../ui/late.tsx'
import { Notice } from '../ui/notice.tsx'
import { HealthPart } from './health-part.tsx'
import { LimitsPart } from './limits-part.tsx'
import styles from './status-page.module.css'
import { type ServerStatus, useStatus } from './use-status.ts'
import { workFigures } from './work-figures.ts'
import { WorkPart } from './work-part.tsx'

/** How the server is: its health, what it does, and what it bounds. */
export function StatusPage() {
  const { last, failed } = useStatus()
  if (last === null && failed) {
    return <Notice title="The server does not answer">This page shows how it is as soon as it does.</Notice>
  }
  if (last === null) {
    return (
      <Late>
        <Notice title="Asking the server" />
      </Late>
    )
  }
  return <StatusFigures status={last} failed={failed} />
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' })

function StatusFigures({ status, failed }: { status: ServerStatus; failed: boolean }) {
  const tables = useMemo(() => workFigures(status.metrics), [status.metrics])
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
        <div className={styles.parts}>
          {!failed && <HealthPart health={status.health} />}
          <WorkPart tables={tables} />
          <p className={styles.lead}>
            For a monitor, all of this and more: <a href="/metrics">/metrics</a>
          </p>
        </div>
        <LimitsPart limits={status.limits} />
      </div>
    </section>
  )
}
