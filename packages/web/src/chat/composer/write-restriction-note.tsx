import { formatUntil, type WriteRestriction } from '../membership/write-restriction.ts'
import styles from './write-restriction-note.module.css'

/** Stands instead of the field while the user may not write: the reason, and until when. The draft is kept. */
export function WriteRestrictionNote({ restriction }: { restriction: Exclude<WriteRestriction, { state: 'none' }> }) {
  return (
    <p className={styles.note} role="status">
      {restriction.state === 'banned'
        ? 'You were banned from writing here.'
        : `You are muted here until ${formatUntil(restriction.until, Date.now())}. You can read on.`}
    </p>
  )
}
