import '../styles/mono.css'
import { Notice } from '../ui/notice.tsx'
import { HealthPart } from './health-part.tsx'
import { LimitsPart } from './limits-part.tsx'
import { MetricsPart } from './metrics-part.tsx'
import styles from './status-page.module.css'
import { useStatus } from './use-status.ts'

/** How the server is: its health, what it counts, and what it bounds. */
export function StatusPage() {
  const status = useStatus()
  if (status.state === 'loading') return null
  if (status.state === 'failed') return <Notice title="The server does not answer">{status.why}</Notice>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Status">
      <div className={styles.page}>
        <h1 className={styles.title}>Status</h1>
        <HealthPart health={status.health} />
        <MetricsPart metrics={status.metrics} />
        <LimitsPart limits={status.limits} />
      </div>
    </section>
  )
}
