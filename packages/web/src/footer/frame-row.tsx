import { ArrowDown, ArrowUp } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { SeenFrame } from '../session/traffic.ts'
import styles from './frame-row.module.css'
import { frameTitle } from './frame-title.ts'

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
})

const shownChars = 300 // more than any line is wide

export function FrameRow({ frame }: { frame: SeenFrame }) {
  const [open, setOpen] = useState(false)
  const short = useMemo(() => JSON.stringify(frame.frame).slice(0, shownChars), [frame])
  const sent = frame.direction === 'up'
  const Arrow = sent ? ArrowUp : ArrowDown
  return (
    <li>
      <details className={styles.row} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className={styles.summary}>
          <span className={sent ? styles.sent : styles.received}>
            <Arrow size={16} role="img" aria-label={sent ? 'sent' : 'received'} />
          </span>
          <time className={styles.time}>{clock.format(frame.at)}</time>
          <span className={styles.over}>{frame.over}</span>
          <span className={styles.name}>{frameTitle(frame.frame)}</span>
          <span className={styles.text}>{short}</span>
        </summary>
        {open && <pre className={styles.whole}>{JSON.stringify(frame.frame, null, 2)}</pre>}
      </details>
    </li>
  )
}
