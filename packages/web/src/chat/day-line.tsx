import { dayName } from './day.ts'
import styles from './lines.module.css'

export function DayLine({ at }: { at: number }) {
  return (
    <div className={styles.line}>
      <h3 className={styles.day}>
        <time dateTime={new Date(at).toISOString().slice(0, 10)}>{dayName(at, Date.now())}</time>
      </h3>
    </div>
  )
}
