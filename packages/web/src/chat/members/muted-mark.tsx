import { VolumeX } from 'lucide-react'
import { formatUntil } from '../membership/write-restriction.ts'
import styles from './muted-mark.module.css'

/** Beside a name: the member may not write until then. */
export function MutedMark({ until }: { until: number }) {
  const label = `Muted until ${formatUntil(until, Date.now())}`
  return (
    <span className={styles.muted} role="img" aria-label={label} title={label}>
      <VolumeX size={16} aria-hidden />
    </span>
  )
}
