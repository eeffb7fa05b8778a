import { dayName, isoDayOf } from '../messages/day.ts'
import styles from './lines.module.css'

export function DayLine({ at }: { at: number }) {
  return (
    <div className={styles.line}>
      <h3 className={styles.day}>
        <time dateTime={isoDayOf(at)}>{dayName(at, Date.now())}</time>
      </h3>
    </div>
  )
}
