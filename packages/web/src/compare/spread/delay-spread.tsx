import { formatDuration } from '../../meter/format-figures.ts'
import { type CandidateName, candidateNames } from '../candidates/candidate-names.ts'
import { candidates } from '../candidates/candidates.ts'
import { axisShare, bucketCount } from '../run/delay-buckets.ts'
import type { Measures } from '../run/lane-meter.ts'
import styles from './delay-spread.module.css'

const ticks = [1, 10, 100, 1000, 10_000]
const faintest = 0.12 // one event of many is still seen

/**
 * compare/spread/: how do the delays of all ways lie on one axis?
 *
 * A row for each way of reading: darker where more events came, a bar at the median.
 */
export function DelaySpread({ measures }: { measures: Readonly<Record<CandidateName, Measures>> }) {
  return (
    <section className={styles.spread} aria-label="Delays">
      <h2 className={styles.title}>
        Delays <span className={styles.hint}>darker: more of the events; the bar: half came sooner</span>
      </h2>
      <ul className={styles.rows}>
        {candidateNames.map((name) => (
          <Row key={name} title={candidates[name].title} measures={measures[name]} />
        ))}
      </ul>
      <div className={styles.ticks} aria-hidden>
        {ticks.map((ms) => (
          <span key={ms} style={{ left: percent(axisShare(ms)) }}>
            {formatDuration(ms)}
          </span>
        ))}
      </div>
    </section>
  )
}

function Row({ title, measures: { medianMs, p99Ms, buckets } }: { title: string; measures: Measures }) {
  const most = Math.max(1, ...buckets)
  const said =
    medianMs === null || p99Ms === null
      ? 'no event yet'
      : `half within ${formatDuration(medianMs)}, 99 of 100 within ${formatDuration(p99Ms)}`
  return (
    <li className={styles.row}>
      <span className={styles.name}>{title}</span>
      <span className={styles.track} role="img" aria-label={said}>
        {buckets.map((count, index) => {
          const left = percent(index / bucketCount)
          const opacity = count === 0 ? 0 : faintest + ((1 - faintest) * count) / most
          return <i key={left} style={{ left, width: percent(1 / bucketCount), opacity }} />
        })}
        {medianMs !== null && <b style={{ left: percent(axisShare(medianMs)) }} />}
      </span>
    </li>
  )
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`
}
