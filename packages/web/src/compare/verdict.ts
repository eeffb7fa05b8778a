import { formatBytes, formatDuration, formatRate, formatShare } from '../meter/format-figures.ts'
import { type CandidateName, candidateNames } from './candidates/candidate-names.ts'
import { candidates } from './candidates/candidates.ts'
import type { Measures } from './run/lane-meter.ts'
import type { RunSettings } from './run/run-settings.ts'

type MeasuresByCandidate = Readonly<Record<CandidateName, Measures>>

const enough = 5 // events needed on each lane before a verdict
const alike = 1.2 // a difference in bytes below this factor decides nothing

/** What the measurements mean, in sentences that are computed from them alone. */
export function verdict(settings: RunSettings, measures: MeasuresByCandidate): string {
  const least = Math.min(...candidateNames.map((name) => measures[name].delivered))
  if (least < enough) return `Measuring: ${least} of ${enough} events have come on every lane.`
  return [comparison(settings, measures), advice(measures)].join(' ')
}

function comparison({ rate, payload, intervalMs }: RunSettings, { poll, websocket }: MeasuresByCandidate): string {
  const load = `At ${formatRate(rate)} ${rate === 1 ? 'event' : 'events'}/s of ${formatBytes(payload)}`
  const polling = `polling every ${formatDuration(intervalMs)} is on average ${mean(poll)} late and ${formatShare(poll.emptyShare ?? 0)} of its requests are empty`
  return `${load}, ${polling}; WebSocket is ${mean(websocket)} late and asks for nothing.`
}

function advice(measures: MeasuresByCandidate): string {
  const cheapest = lowest(measures, ({ bytesPerSecond }) => bytesPerSecond)
  const soonest = lowest(measures, ({ meanMs }) => meanMs ?? Number.POSITIVE_INFINITY)
  const cost = (name: CandidateName) => `${formatBytes(measures[name].bytesPerSecond)}/s`
  const polls = cheapest === 'poll' || cheapest === 'poll-etag'
  if (polls && measures.websocket.bytesPerSecond > measures[cheapest].bytesPerSecond * alike) {
    return `Where ${mean(measures[cheapest])} is soon enough, “${candidates[cheapest].title}” is the right choice here: ${cost(cheapest)} against ${cost('websocket')}.`
  }
  const times = measures.poll.bytesPerSecond / Math.max(1, measures[cheapest].bytesPerSecond)
  const dearer = times >= alike ? `, ${formatRate(times)} times less than polling` : ''
  return soonest === cheapest || isPush(cheapest)
    ? `Pushing pays here: “${candidates[cheapest].title}” takes the fewest bytes (${cost(cheapest)}${dearer}) and nobody waits for an interval.`
    : `“${candidates[cheapest].title}” takes the fewest bytes (${cost(cheapest)}${dearer}), “${candidates[soonest].title}” is the soonest (${mean(measures[soonest])}).`
}

function isPush(name: CandidateName): boolean {
  return name === 'websocket' || name === 'sse'
}

function lowest(measures: MeasuresByCandidate, of: (measures: Measures) => number): CandidateName {
  return candidateNames.reduce((best, name) => (of(measures[name]) < of(measures[best]) ? name : best))
}

function mean({ meanMs }: Measures): string {
  return meanMs === null ? 'not known how' : formatDuration(meanMs)
}
