import '../styles/mono.css'
import { useState } from 'react'
import { LivePlot } from '../meter/live-plot.tsx'
import { useChannelMeter } from '../meter/use-channel-meter.ts'
import { Delayed } from '../ui/delayed.tsx'
import { Notice } from '../ui/notice.tsx'
import { usePageTitle } from '../ui/use-page-title.ts'
import { FeedSwitch } from './feed-switch.tsx'
import { FeederNote } from './feeder-note.tsx'
import styles from './prices-page.module.css'
import { QuoteTable } from './quote-table.tsx'
import { type Feed, useQuotes } from './use-quotes.ts'

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })

/**
 * prices/: what do forty instruments cost now?
 *
 * The live board with the latest value of each instrument, or every tick, and what each costs in traffic.
 */
export function PricesPage() {
  usePageTitle('Prices')
  const [feed, setFeed] = useState<Feed>('prices')
  const { quotes, state } = useQuotes(feed)
  const { last, history } = useChannelMeter(`${feed}:demo`)
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1 className={styles.title}>Prices</h1>
        <FeedSwitch feed={feed} onFeed={setFeed} />
        <div className={styles.plots}>
          <LivePlot
            label="Changes a second"
            value={whole.format(last.changes)}
            values={history.map(({ changes }) => changes)}
          />
          <LivePlot
            label="Delay"
            value={last.delayMs === null ? '–' : `${whole.format(last.delayMs)} ms`}
            values={history.map(({ delayMs }) => delayMs)}
          />
          <LivePlot
            label="KB a second"
            value={(last.bytes / 1024).toFixed(1)}
            values={history.map(({ bytes }) => bytes / 1024)}
          />
        </div>
      </header>
      {quotes.length > 0 ? <QuoteTable quotes={quotes} /> : <Nothing state={state} />}
      {quotes.length > 0 && <FeederNote quotes={quotes} live={state === 'live'} />}
    </div>
  )
}

function Nothing({ state }: { state: ReturnType<typeof useQuotes>['state'] }) {
  if (state === 'loading') return <Delayed>{<Notice title="Loading prices" />}</Delayed>
  if (state === 'offline') return <Notice title="No connection">Prices show here as soon as the server answers.</Notice>
  return (
    <Notice title="Nobody feeds prices yet">
      Start the feeder beside the server: <code>npx dovetail-cli demo prices --rate 200</code>
    </Notice>
  )
}
