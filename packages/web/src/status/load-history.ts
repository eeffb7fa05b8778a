import { formatBytes, formatDuration, formatRate, formatShare } from '../meter/format-figures.ts'
import type { Metric } from './parse-metrics.ts'

/** What was read of the server at one moment. */
export interface Reading {
  /** In ms since 1970 by the browser's clock. */
  readonly at: number
  readonly metrics: readonly Metric[]
}

/** One figure over time, as the page plots it. */
export interface Plot {
  readonly label: string
  /** The newest value as text; – where there is none. */
  readonly value: string
  /** Oldest first, one for each reading; null where nothing can be said. */
  readonly values: readonly (number | null)[]
}

interface Figure {
  readonly label: string
  readonly of: (now: Reading, before: Reading | null) => number | null
  readonly format: (value: number) => string
}

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })

const figures: readonly Figure[] = [
  { label: 'Readers', of: (now) => sum(now, 'dovetail_readers'), format: (value) => whole.format(value) },
  {
    label: 'Writes a second',
    of: (now, before) => rate(now, before, 'dovetail_commit_units_total'),
    format: formatRate,
  },
  {
    label: 'Frames sent a second',
    of: (now, before) => rate(now, before, 'dovetail_delivered_frames_total'),
    format: formatRate,
  },
  {
    label: 'Delivery lag',
    of: (now, before) => {
      const count = rate(now, before, 'dovetail_delivery_lag_seconds_count')
      const seconds = rate(now, before, 'dovetail_delivery_lag_seconds_sum')
      return count === null || seconds === null || count === 0 ? null : (seconds / count) * 1000
    },
    format: formatDuration,
  },
  { label: 'Memory', of: (now) => sum(now, 'process_resident_memory_bytes'), format: formatBytes },
  {
    label: 'Event loop busy',
    of: (now, before) => rate(now, before, 'nodejs_eventloop_seconds_total', 'active'),
    format: formatShare,
  },
]

/** The server's load over the readings, oldest first. What counts up is shown as its rate. */
export function loadPlots(readings: readonly Reading[]): Plot[] {
  return figures.map(({ label, of, format }) => {
    const values = readings.map((reading, index) => of(reading, readings[index - 1] ?? null))
    const last = values.at(-1) ?? null
    return { label, value: last === null ? '–' : format(last), values }
  })
}

/** The sum of a metric's series, or of those with this `state`; null: there are none. */
function sum({ metrics }: Reading, name: string, state?: string): number | null {
  const series = metrics.filter((each) => each.name === name && (state === undefined || each.labels.state === state))
  return series.length === 0 ? null : series.reduce((total, { value }) => total + value, 0)
}

/** By how much a counter rose a second; null: it is not known, such as across a restart of the server. */
function rate(now: Reading, before: Reading | null, name: string, state?: string): number | null {
  if (before === null) return null
  const [from, to] = [sum(before, name, state), sum(now, name, state)]
  const seconds = (now.at - before.at) / 1000
  if (from === null || to === null || to < from || seconds <= 0) return null
  return (to - from) / seconds
}
