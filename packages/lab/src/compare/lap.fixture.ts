import { Traffic } from '../contenders/traffic.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import type { Lap } from './race.ts'
import type { Stretch } from './stretch.ts'

export interface GivenStretch {
  readonly seconds?: number
  readonly requests?: number
  readonly empty?: number
  /** Bytes of payload down. */
  readonly bytes?: number
  readonly deliveries?: number
  readonly cpuSeconds?: number | null
  readonly loopBusy?: number
}

export function stretch(given: GivenStretch = {}): Stretch {
  const { seconds = 1, requests = 0, empty = 0, bytes = 0, deliveries = 0, cpuSeconds = 0, loopBusy = 0.1 } = given
  const traffic = new Traffic()
  for (let each = 0; each < requests; each++) traffic.count('requests')
  for (let each = 0; each < empty; each++) traffic.count('emptyRequests')
  traffic.carried('down', bytes)
  traffic.spent('down', 'payload', bytes)
  return {
    seconds,
    traffic: traffic.figures(),
    deliveries,
    server: cpuSeconds === null ? null : { cpuSeconds, memoryBytes: 1e8 },
    lab: { cpuSeconds: 0.1, loopBusy },
  }
}

export interface GivenLap {
  readonly clients?: number
  readonly events?: number
  readonly idle?: GivenStretch
  readonly busy?: GivenStretch
  /** Of each delivery, in ms. */
  readonly delays?: readonly number[]
  readonly lost?: number
  readonly complaints?: readonly string[]
  readonly cpuSlices?: readonly number[]
}

export function lap(given: GivenLap): Lap {
  const { clients = 10, events = 5, idle, busy, delays = [], lost = 0, complaints = [], cpuSlices = [] } = given
  const latency = new LatencyHistogram()
  for (const delay of delays) latency.record(delay)
  return {
    name: 'sse',
    clients,
    events,
    opening: stretch({ requests: clients }).traffic,
    idle: stretch(idle),
    busy: stretch(busy),
    cpuSlices,
    heard: { latency, expected: clients * events, lost, repeated: 0, late: 0, superseded: 0 },
    sightings: [],
    complaints,
  }
}
