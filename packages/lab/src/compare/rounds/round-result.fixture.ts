import { Traffic } from '../../traffic/traffic.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import type { Period } from './period.ts'
import type { RoundResult } from './round-result.ts'

export interface PeriodFixture {
  readonly seconds?: number
  readonly requests?: number
  readonly empty?: number
  /** Bytes of payload down. */
  readonly bytes?: number
  readonly deliveries?: number
  readonly cpuSeconds?: number | null
  readonly loopBusy?: number
}

export function period(given: PeriodFixture = {}): Period {
  const { seconds = 1, requests = 0, empty = 0, bytes = 0, deliveries = 0, cpuSeconds = 0, loopBusy = 0.1 } = given
  const traffic = new Traffic()
  for (let each = 0; each < requests; each++) traffic.count('requests')
  for (let each = 0; each < empty; each++) traffic.count('emptyRequests')
  traffic.countBytes('down', bytes)
  traffic.attributeBytes('down', 'payload', bytes)
  return {
    seconds,
    traffic: traffic.figures(),
    deliveries,
    server: cpuSeconds === null ? null : { cpuSeconds, memoryBytes: 1e8 },
    lab: { cpuSeconds: 0.1, loopBusy },
  }
}

export interface RoundResultFixture {
  readonly clients?: number
  readonly events?: number
  readonly idle?: PeriodFixture
  readonly busy?: PeriodFixture
  /** The delay of each delivery, in ms. */
  readonly delays?: readonly number[]
  readonly lost?: number
  readonly complaints?: readonly string[]
  readonly cpuSlices?: readonly number[]
  readonly labPauseMs?: number
  readonly radio?: RoundResult['radio']
}

export function result(given: RoundResultFixture): RoundResult {
  const { clients = 10, events = 5, idle, busy, delays = [], lost = 0, complaints = [], cpuSlices = [] } = given
  const { labPauseMs = 0 } = given
  const latency = new LatencyHistogram()
  for (const delay of delays) latency.record(delay)
  return {
    name: 'sse',
    clients,
    events,
    opening: period({ requests: clients }).traffic,
    idle: period(idle),
    busy: period(busy),
    radio: given.radio ?? null,
    cpuSlices,
    labPauseMs,
    receipts: { latency, expected: clients * events, lost, repeated: 0, late: 0, superseded: 0 },
    eventReceipts: [],
    complaints,
  }
}
