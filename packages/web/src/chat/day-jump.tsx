import { CalendarSearch } from 'lucide-react'
import { useRef } from 'react'
import { IconButton } from '../ui/icon-button.tsx'
import styles from './day-jump.module.css'

/** Asks for a day with the browser's own calendar. */
export function DayJump({ onDay }: { onDay: (at: number) => void }) {
  const field = useRef<HTMLInputElement>(null)
  const today = new Date()
  const max = `${today.getFullYear()}-${two(today.getMonth() + 1)}-${two(today.getDate())}`
  return (
    <span className={styles.jump}>
      <IconButton icon={CalendarSearch} label="Go to a day" onClick={() => field.current?.showPicker()} />
      <input
        ref={field}
        className={styles.field}
        type="date"
        aria-label="Day to go to"
        tabIndex={-1}
        max={max}
        onChange={(event) => {
          // A date alone would be read as midnight in London, not here.
          const at = Date.parse(`${event.target.value}T00:00`)
          if (!Number.isNaN(at)) onDay(at)
        }}
      />
    </span>
  )
}

function two(part: number): string {
  return String(part).padStart(2, '0')
}
