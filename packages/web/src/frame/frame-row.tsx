import { ArrowDown, ArrowUp } from 'lucide-react'
import type { SeenFrame } from './connection-facts.ts'
import { frameTitle } from './frame-title.ts'
import styles from './frame-row.module.css'

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
})

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

export function FrameRow({ frame }: { frame: SeenFrame }) {
  const sent = frame.direction === 'sent'
  const Arrow = sent ? ArrowUp : ArrowDown
  return (
    <li>
      <details className={styles['row']}>
        <summary className={styles['summary']}>
          <span className={sent ? styles['sent'] : styles['received']}>
            <Arrow size={16} role="img" aria-label={sent ? 'sent' : 'received'} />
          </span>
          <time className={styles['time']}>{clock.format(frame.at)}</time>
          <span className={styles['name']}>{frameTitle(frame.text)}</span>
          <span className={styles['text']}>{frame.text.slice(0, 300)}</span>
        </summary>
        <pre className={styles['whole']}>{indented(frame.text)}</pre>
      </details>
    </li>
  )
}
