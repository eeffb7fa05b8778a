import { useCallback } from 'react'
import { bytesWords, durationWords, rateWords, shareWords } from '../meter/figure-words.ts'
import styles from './lane.module.css'
import type { Mark, Measures } from './lane-meter.ts'
import { LaneTrack } from './lane-track.tsx'
import type { WayName } from './way-names.ts'
import { ways } from './ways.ts'

export interface LaneProps {
  way: WayName
  /** “every 1 s”; null where there is nothing to add. */
  hint: string | null
  measures: Measures
  marks: (way: WayName) => readonly Mark[]
  moving: boolean
}

/** One way of reading: its events as they come, and what they cost. */
export function Lane({ way, hint, measures, marks, moving }: LaneProps) {
  const own = useCallback(() => marks(way), [marks, way])
  return (
    <li className={styles.lane}>
      <h2 className={styles.title}>
        {ways[way].title} {hint !== null && <span className={styles.hint}>{hint}</span>}
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
  const one = (value: number | null, words: (value: number) => string) => (value === null ? '–' : words(value))
  return [
    ['Median delay', one(medianMs, durationWords)],
    ['p99 delay', one(p99Ms, durationWords)],
    ['Requests', requests < 3 ? String(requests) : `${rateWords(requestsPerSecond)} /s`],
    ['Empty', one(emptyShare, shareWords)],
    ['Received', bytesPerSecond === 0 ? '–' : `${about}${bytesWords(bytesPerSecond)}/s`],
    ['An event', one(bytesPerEvent, (bytes) => about + bytesWords(bytes))],
    ['Late', String(measures.late)],
    ['Lost', String(measures.lost)],
  ]
}
