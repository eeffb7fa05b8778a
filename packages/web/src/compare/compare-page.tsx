import '../styles/mono.css'
import type { ClientState } from '@dovetail/client'
import { useConnection } from '@dovetail/client/react'
import { useEffect } from 'react'
import { durationWords } from '../meter/figure-words.ts'
import styles from './compare-page.module.css'
import { Lane } from './lane.tsx'
import type { Race, RaceSnapshot, RaceState } from './race.ts'
import { RaceControls } from './race-controls.tsx'
import { useRace } from './use-race.ts'
import { verdict } from './verdict.ts'
import { type WayName, wayNames } from './way-names.ts'

/** The same events read in five ways at once: who hears of them when, and at what price. */
export function ComparePage() {
  const { race, snapshot } = useRace()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Compare">
      {race !== null && snapshot !== null && <Comparison race={race} snapshot={snapshot} />}
    </section>
  )
}

function Comparison({ race, snapshot }: { race: Race; snapshot: RaceSnapshot }) {
  const { state, settings, measures, sent } = snapshot
  const { name: connection } = useConnection()
  useEffect(() => {
    // What kept it from beginning is over. Not where it failed beside an open connection: it would fail again.
    if (connection === 'open' && race.getSnapshot().state.name === 'failed') race.resume()
  }, [race, connection])
  const hint = (way: WayName) =>
    way === 'poll' || way === 'poll-etag' ? `every ${durationWords(settings.intervalMs)}` : null
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1 className={styles.title}>Compare</h1>
        <p className={styles.lead}>
          This page publishes events and reads them back in five ways at once. A tick marks when an event should have
          come, a dot when it came: the flatter the line between them, the later.
        </p>
      </header>
      <RaceControls race={race} snapshot={snapshot} />
      <section className={styles.verdict} aria-label="Verdict">
        <p>{trouble(connection, state) ?? verdict(settings, measures)}</p>
      </section>
      <ul className={styles.lanes}>
        {wayNames.map((way) => (
          <Lane
            key={way}
            way={way}
            hint={hint(way)}
            measures={measures[way]}
            marks={race.marks}
            moving={state.name === 'running'}
          />
        ))}
      </ul>
      <p className={styles.note}>
        {sent} events sent, at random moments. Delays run from when an event should have been sent to when this page had
        it, by one clock. Polls are counted by the browser (Resource Timing, which takes 300 bytes for a reply’s
        headers); ≈ marks what it does not tell: payload and framing by their form. What requests send up is not
        counted. Late is over 1 s, lost over 10 s.
      </p>
    </div>
  )
}

/** Why there is no race to speak of; null where there is one. */
function trouble(connection: ClientState['name'], state: RaceState): string | null {
  if (connection === 'waiting' || connection === 'offline') {
    return 'The server does not answer. The race goes on as soon as it does.'
  }
  return state.name === 'failed' ? `The race could not begin. ${state.why}` : null
}
