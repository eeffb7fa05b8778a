import { VolumeX } from 'lucide-react'
import styles from './muted-mark.module.css'
import { untilWords } from './silence.ts'

/** Beside a name: this one may not write before then. */
export function MutedMark({ until }: { until: number }) {
  const words = `Muted until ${untilWords(until, Date.now())}`
  return (
    <span className={styles.muted} role="img" aria-label={words} title={words}>
      <VolumeX size={16} aria-hidden />
    </span>
  )
}
