import type { Quote } from './board/quote-board.ts'
import styles from './prices-page.module.css'
import { useServerTime } from './use-server-time.ts'

const stillMs = 10_000

/** Why there is no slider for the rate; where no price moves any more, what to do about it. */
export function FeederNote({ quotes, live }: { quotes: readonly Quote[]; live: boolean }) {
  const now = useServerTime()
  const newest = Math.max(...quotes.map(({ updatedAt }) => updatedAt))
  if (live && now - newest > stillMs) {
    return (
      <p className={styles.feeder} data-still="">
        The prices stand still: nobody feeds them. Start the feeder beside the server:{' '}
        <code>npx dovetail-cli demo prices --rate 200</code>
      </p>
    )
  }
  return (
    <p className={styles.feeder}>
      Only a backend writes prices, so their rate is set where the feeder runs:{' '}
      <code>npx dovetail-cli demo prices --rate 1000</code>
    </p>
  )
}
