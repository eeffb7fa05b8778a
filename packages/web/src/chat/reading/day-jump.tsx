import { CalendarSearch } from 'lucide-react'
import { useRef } from 'react'
import { IconButton } from '../../ui/icon-button.tsx'
import { isoDayOf } from '../messages/day.ts'
import styles from './day-jump.module.css'

/** Lets the reader choose a day in the browser's own calendar. */
export function DayJump({ onDay }: { onDay: (at: number) => void }) {
  const field = useRef<HTMLInputElement>(null)
  return (
    <span className={styles.jump}>
      <IconButton icon={CalendarSearch} label="Go to a day" onClick={() => field.current?.showPicker()} />
      <input
        ref={field}
        className={styles.field}
        type="date"
        aria-label="Day to go to"
        tabIndex={-1}
        max={isoDayOf(Date.now())}
        onChange={(event) => {
          // A date alone would be parsed as midnight UTC.
          const at = Date.parse(`${event.target.value}T00:00`)
          if (!Number.isNaN(at)) onDay(at)
        }}
      />
    </span>
  )
}
