/** The use of a period: the difference of two snapshots. */
import { performance } from 'node:perf_hooks'
import type { TrafficFigures } from '../../traffic/traffic.ts'
import { subtractTraffic } from '../../traffic/traffic-sums.ts'
import type { ServerUsage } from '../targets/target.ts'

export interface Period {
  readonly seconds: number
  readonly traffic: TrafficFigures
  /** Events that were news to a client, each client counted. */
  readonly deliveries: number
  readonly server: { readonly cpuSeconds: number; readonly memoryBytes: number } | null
  readonly lab: {
    readonly cpuSeconds: number
    /** The part of the time in which the lab's own event loop was busy, 0 to 1. */
    readonly loopBusy: number
  }
}

export interface Snapshot {
  readonly at: number
  readonly traffic: TrafficFigures
  readonly deliveries: number
  readonly server: ServerUsage | null
  readonly cpu: NodeJS.CpuUsage
  readonly loop: ReturnType<typeof performance.eventLoopUtilization>
}

export function takeSnapshot(traffic: TrafficFigures, deliveries: number): Omit<Snapshot, 'server'> {
  return {
    at: performance.now(),
    traffic,
    deliveries,
    cpu: process.cpuUsage(),
    loop: performance.eventLoopUtilization(),
  }
}

export function periodBetween(before: Snapshot, after: Snapshot): Period {
  const { user, system } = process.cpuUsage(before.cpu)
  const spare = process.cpuUsage(after.cpu)
  return {
    seconds: (after.at - before.at) / 1000,
    traffic: subtractTraffic(before.traffic, after.traffic),
    deliveries: after.deliveries - before.deliveries,
    server:
      before.server === null || after.server === null
        ? null
        : {
            cpuSeconds: after.server.cpuSeconds - before.server.cpuSeconds,
            memoryBytes: after.server.memoryBytes,
          },
    lab: {
      cpuSeconds: (user + system - spare.user - spare.system) / 1e6,
      loopBusy: performance.eventLoopUtilization(after.loop, before.loop).utilization,
    },
  }
}
