import '../styles/mono.css'
import type { ClientState } from 'dovetail-client'
import { useConnection } from 'dovetail-client/react'
import { useEffect } from 'react'
import { formatDuration } from '../meter/format-figures.ts'
import { usePageTitle } from '../ui/use-page-title.ts'
import { type CandidateName, candidateNames } from './candidates/candidate-names.ts'
import styles from './compare-page.module.css'
import { Lane } from './lanes/lane.tsx'
import type { Run, RunSnapshot, RunState } from './run/run.ts'
import { useRun } from './run/use-run.ts'
import { RunControls } from './run-controls.tsx'
import { DelaySpread } from './spread/delay-spread.tsx'
import { verdict } from './verdict.ts'

/**
 * compare/: how do the ways of reading a log compare?
 *
 * The same events, read in five ways at once: how late each is, and what it costs.
 */
export function ComparePage() {
  usePageTitle('Compare')
  const { run, snapshot } = useRun()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Compare">
      {run !== null && snapshot !== null && <Comparison run={run} snapshot={snapshot} />}
    </section>
  )
}

function Comparison({ run, snapshot }: { run: Run; snapshot: RunSnapshot }) {
  const { state, settings, measures, sent } = snapshot
  const { name: connection } = useConnection()
  useEffect(() => {
    // The connection is back. A start that failed while it was open is not repeated: it would fail again.
    if (connection === 'open' && run.getSnapshot().state.name === 'failed') run.resume()
  }, [run, connection])
  const hint = (name: CandidateName) =>
    name === 'poll' || name === 'poll-etag' ? `every ${formatDuration(settings.intervalMs)}` : null
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1 className={styles.title}>Compare</h1>
        <p className={styles.lead}>
          This page publishes events and reads them back in five ways at once. A tick marks when an event was due, a dot
          when it arrived: the flatter the line between them, the later it was.
        </p>
      </header>
      <RunControls run={run} snapshot={snapshot} />
      <section className={styles.verdict} aria-label="Verdict">
        <p>{trouble(connection, state) ?? verdict(settings, measures)}</p>
      </section>
      <DelaySpread measures={measures} />
      <ul className={styles.lanes}>
        {candidateNames.map((name) => (
          <Lane
            key={name}
            candidate={name}
            hint={hint(name)}
            measures={measures[name]}
            marks={run.marks}
            moving={state.name === 'running'}
          />
        ))}
      </ul>
      <p className={styles.note}>
        {sent} events sent, at random times. A delay runs from when an event was due to when this page received it, by
        one clock. The bytes of polls are measured by the browser (Resource Timing, which assumes 300 bytes for a
        reply’s headers); ≈ marks sizes that it does not measure, calculated from payload and framing. Bytes sent with
        requests are not counted. Late means over 1 s, lost over 10 s.
      </p>
    </div>
  )
}

/** Why nothing is measured; null while the run works. */
function trouble(connection: ClientState['name'], state: RunState): string | null {
  if (connection === 'waiting' || connection === 'offline') {
    return 'The server does not answer. The comparison goes on as soon as it does.'
  }
  return state.name === 'failed' ? `The comparison could not start. ${state.reason}` : null
}
