import { type Silence, untilWords } from '../people/silence.ts'
import styles from './silenced-note.module.css'

/** In the place of the field, where one may not write: why, and until when. The draft is kept. */
export function SilencedNote({ silence }: { silence: Exclude<Silence, { state: 'none' }> }) {
  return (
    <p className={styles.note} role="status">
      {silence.state === 'banned'
        ? 'You were banned from writing here.'
        : `You are muted here until ${untilWords(silence.until, Date.now())}. You can read on.`}
    </p>
  )
}
