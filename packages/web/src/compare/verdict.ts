import { bytesWords, durationWords, rateWords, shareWords } from '../meter/figure-words.ts'
import type { Measures } from './lane-meter.ts'
import type { RaceSettings } from './race-settings.ts'
import { type WayName, wayNames } from './way-names.ts'
import { ways } from './ways.ts'

type MeasuresByWay = Readonly<Record<WayName, Measures>>

const enough = 5 // events on each lane before anything is said of them
const alike = 1.2 // fewer bytes by less than this are no reason for either

/** What the figures say, in sentences: computed from what was measured, nothing from belief. */
export function verdict(settings: RaceSettings, measures: MeasuresByWay): string {
  const least = Math.min(...wayNames.map((way) => measures[way].heard))
  if (least < enough) return `Measuring: ${least} of ${enough} events have come on every lane.`
  return [comparison(settings, measures), advice(measures)].join(' ')
}

function comparison({ rate, payload, intervalMs }: RaceSettings, { poll, websocket }: MeasuresByWay): string {
  const load = `At ${rateWords(rate)} ${rate === 1 ? 'event' : 'events'}/s of ${bytesWords(payload)}`
  const polling = `polling every ${durationWords(intervalMs)} is on average ${mean(poll)} late and ${shareWords(poll.emptyShare ?? 0)} of its requests are empty`
  return `${load}, ${polling}; WebSocket is ${mean(websocket)} late and asks for nothing.`
}

function advice(measures: MeasuresByWay): string {
  const cheapest = lowest(measures, ({ bytesPerSecond }) => bytesPerSecond)
  const soonest = lowest(measures, ({ meanMs }) => meanMs ?? Number.POSITIVE_INFINITY)
  const cost = (way: WayName) => `${bytesWords(measures[way].bytesPerSecond)}/s`
  const polls = cheapest === 'poll' || cheapest === 'poll-etag'
  if (polls && measures.websocket.bytesPerSecond > measures[cheapest].bytesPerSecond * alike) {
    return `Where ${mean(measures[cheapest])} is soon enough, “${ways[cheapest].title}” is the right choice here: ${cost(cheapest)} against ${cost('websocket')}.`
  }
  const times = measures.poll.bytesPerSecond / Math.max(1, measures[cheapest].bytesPerSecond)
  const dearer = times >= alike ? `, ${rateWords(times)} times less than polling` : ''
  return soonest === cheapest || isPush(cheapest)
    ? `Pushing pays here: “${ways[cheapest].title}” takes the fewest bytes (${cost(cheapest)}${dearer}) and nobody waits for an interval.`
    : `“${ways[cheapest].title}” takes the fewest bytes (${cost(cheapest)}${dearer}), “${ways[soonest].title}” is the soonest (${mean(measures[soonest])}).`
}

function isPush(way: WayName): boolean {
  return way === 'websocket' || way === 'sse'
}

function lowest(measures: MeasuresByWay, of: (measures: Measures) => number): WayName {
  return wayNames.reduce((best, way) => (of(measures[way]) < of(measures[best]) ? way : best))
}

function mean({ meanMs }: Measures): string {
  return meanMs === null ? 'not known how' : durationWords(meanMs)
}
