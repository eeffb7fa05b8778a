import { closeCodes, codes, isCode } from 'dovetail-protocol'
import { formatBytes } from '../meter/format-figures.ts'
import type { Metric } from './parse-metrics.ts'

export interface WorkRow {
  readonly name: string
  /** As text: “1,204”, “3.2 ms”. */
  readonly values: readonly string[]
}

export interface WorkTable {
  readonly title: string
  readonly about: string
  /** The column heads; none where each row has one value. */
  readonly columns: readonly string[]
  readonly rows: readonly WorkRow[]
}

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 })
const none = '–'

const transports = { websocket: 'WebSocket', sse: 'Event stream', long_poll: 'Long-poll' } as const
const storages = { durable: 'On disk', memory: 'In memory' } as const

/** A server's metrics as tables for people. Each figure counts since the start, or is the current value. */
export function workTables(metrics: readonly Metric[]): WorkTable[] {
  const of = reader(metrics)
  return [reading(of), writing(of), cluster(of), refusals(metrics)]
}

type Of = (name: string, labels?: Readonly<Record<string, string>>) => number

/** Sums the series of a metric that have these labels; 0 if there are none. */
function reader(metrics: readonly Metric[]): Of {
  return (name, labels = {}) => {
    const wanted = Object.entries(labels)
    const fits = (metric: Metric) =>
      metric.name === `dovetail_${name}` && wanted.every(([k, v]) => metric.labels[k] === v)
    return metrics.filter(fits).reduce((sum, { value }) => sum + value, 0)
  }
}

function reading(of: Of): WorkTable {
  const each = (read: (transport: string) => string) => Object.keys(transports).map(read)
  return {
    title: 'Reading',
    about: `${count(of('connections'), 'connection')} open, ${count(of('hubs'), 'channel')} followed for readers. Plain polls hold none.`,
    columns: Object.values(transports),
    rows: [
      { name: 'Readers now', values: each((transport) => whole.format(of('readers', { transport }))) },
      { name: 'Frames sent', values: each((transport) => whole.format(of('delivered_frames_total', { transport }))) },
      { name: 'Sent', values: each((transport) => formatBytes(of('delivered_bytes_total', { transport }))) },
    ],
  }
}

function writing(of: Of): WorkTable {
  const each = (read: (storage: string) => string) => Object.keys(storages).map(read)
  const commits = (storage: string) => of('commits_total', { storage })
  const units = (storage: string) => of('commit_units_total', { storage })
  const spent = (storage: string) => of('commit_duration_seconds_sum', { storage })
  const over = (value: number, by: number) => (by === 0 ? null : value / by)
  return {
    title: 'Writing',
    about: 'Writes that come together share one transaction, so that a busy server flushes less for each.',
    columns: Object.values(storages),
    rows: [
      { name: 'Writes and batches', values: each((storage) => whole.format(units(storage))) },
      { name: 'Transactions', values: each((storage) => whole.format(commits(storage))) },
      { name: 'Writes per transaction', values: each((storage) => figure(over(units(storage), commits(storage)), '')) },
      {
        name: 'Time per transaction',
        values: each((storage) => figure(over(spent(storage) * 1000, commits(storage)), ' ms')),
      },
      { name: 'Waiting now', values: each((storage) => whole.format(of('commit_waiting_units', { storage }))) },
      { name: 'Failed', values: each((storage) => whole.format(of('commit_failures_total', { storage }))) },
    ],
  }
}

function cluster(of: Of): WorkTable {
  return {
    title: 'Other nodes',
    about: 'Notifications of changes that other nodes made. A single node receives none.',
    columns: [],
    rows: [
      { name: 'Notifications received', values: [whole.format(of('notifications_received_total'))] },
      { name: 'Possible gaps, checked in the store', values: [whole.format(of('notification_gaps_total'))] },
      { name: 'Checks that the store did not answer', values: [whole.format(of('store_check_failures_total'))] },
    ],
  }
}

const transportNames = new Map([
  ['http', 'HTTP'],
  ['websocket', 'WebSocket'],
  ['upgrade', 'WebSocket upgrade'],
])

function refusals(metrics: readonly Metric[]): WorkTable {
  const rows = metrics.flatMap(({ name, labels: { transport = '', code = '' }, value }): WorkRow[] => {
    if (value === 0) return []
    if (name === 'dovetail_refused_total') {
      return [
        {
          name: `${isCode(code) ? codes[code].title : code} (${transportNames.get(transport) ?? transport})`,
          values: [whole.format(value)],
        },
      ]
    }
    if (name !== 'dovetail_closed_total') return []
    return [{ name: `Connection ended: ${closeMeaning(code)} (${code})`, values: [whole.format(value)] }]
  })
  return {
    title: 'Refused and ended',
    about:
      rows.length === 0
        ? 'Nothing was refused, and no connection was ended for a fault.'
        : 'Since the server was started.',
    columns: [],
    rows,
  }
}

function closeMeaning(code: string): string {
  const known = Object.entries(closeCodes).find(([each]) => each === code)
  return known?.[1].meaning ?? 'another reason'
}

function count(value: number, noun: string): string {
  return `${whole.format(value)} ${noun}${value === 1 ? '' : 's'}`
}

function figure(value: number | null, unit: string): string {
  return value === null ? none : `${short.format(value)}${unit}`
}
