import { useCallback } from 'react'
import { formatBytes, formatDuration, formatRate, formatShare } from '../../meter/format-figures.ts'
import type { CandidateName } from '../candidates/candidate-names.ts'
import { candidates } from '../candidates/candidates.ts'
import type { Mark, Measures } from '../run/lane-meter.ts'
import styles from './lane.module.css'
import { LaneTrack } from './lane-track.tsx'

export interface LaneProps {
  candidate: CandidateName
  /** “every 1 s”; null where there is nothing to add. */
  hint: string | null
  measures: Measures
  marks: (name: CandidateName) => readonly Mark[]
  moving: boolean
}

/**
 * compare/lanes/: how is one candidate drawn, event by event?
 *
 * One way of reading: its events as they arrive, and what they cost.
 */
export function Lane({ candidate, hint, measures, marks, moving }: LaneProps) {
  const own = useCallback(() => marks(candidate), [marks, candidate])
  return (
    <li className={styles.lane}>
      <h2 className={styles.title}>
        {candidates[candidate].title} {hint !== null && <span className={styles.hint}>{hint}</span>}
      </h2>
      <LaneTrack marks={own} moving={moving} />
      <dl className={styles.figures}>
        {figuresOf(measures).map(([name, value]) => (
          <div key={name} className={styles.figure}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </li>
  )
}

function figuresOf(measures: Measures): [name: string, value: string][] {
  const { medianMs, p99Ms, requestsPerSecond, requests, emptyShare, bytesPerSecond, bytesPerEvent } = measures
  const about = measures.certainty === 'estimated' ? '≈ ' : ''
  const one = (value: number | null, format: (value: number) => string) => (value === null ? '–' : format(value))
  return [
    ['Median delay', one(medianMs, formatDuration)],
    ['p99 delay', one(p99Ms, formatDuration)],
    ['Requests', requests < 3 ? String(requests) : `${formatRate(requestsPerSecond)} /s`],
    ['Empty', one(emptyShare, formatShare)],
    ['Received', bytesPerSecond === 0 ? '–' : `${about}${formatBytes(bytesPerSecond)}/s`],
    ['Per event', one(bytesPerEvent, (bytes) => about + formatBytes(bytes))],
    ['Late', String(measures.late)],
    ['Lost', String(measures.lost)],
  ]
}
