/** Measures what an idle client costs the server: memory and CPU. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Candidate, Reader } from '../candidates/candidate.ts'
import { CompareFailure } from '../failures/compare-failure.ts'
import { Traffic } from '../traffic/traffic.ts'
import type { IdleClients } from './results/candidate-result.ts'
import type { Target } from './targets/target.ts'

export interface MemoryOptions {
  readonly target: Target
  readonly candidate: Candidate
  readonly connections: number
  readonly channel: string
  readonly collection: string
}

const settleMs = 150
const watchedMs = 2000
const atATime = 50

/**
 * Bytes of objects and buffers per client, measured with this many clients. Resident memory says little, since a process
 * keeps memory that it no longer uses. `null`: the server does not report it.
 * @throws CompareFailure where so many cannot be opened
 */
export async function measureIdleClients({
  target,
  candidate,
  connections,
  channel,
  collection,
}: MemoryOptions): Promise<IdleClients | null> {
  const traffic = new Traffic()
  const readers: Reader[] = []
  const clientAt = (client: number) => ({
    endpoint: target.endpoint,
    channel,
    collection,
    cursor: '0',
    reading: 'changes' as const,
    token: null,
    traffic,
    phase: client / connections,
    receive: () => 0,
    reportProblem: () => {},
  })
  try {
    const before = await settled(target)
    for (let first = 0; first < connections; first += atATime) {
      const count = Math.min(atATime, connections - first)
      readers.push(...(await Promise.all(Array.from({ length: count }, (_, i) => candidate.open(clientAt(first + i))))))
    }
    const after = await settled(target)
    if (before === null || after === null) return null
    return {
      clients: connections,
      memoryBytesPerClient: Math.max(0, Math.round((after - before) / connections)),
      cpuMicrosecondsPerSecond: await idleCpu(target, connections),
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CompareFailure(`${connections} idle clients by ${candidate.name}: ${why}`, { cause: error })
  } finally {
    for (const reader of readers) reader.close()
  }
}

/** Of one client, each second. */
async function idleCpu(target: Target, connections: number): Promise<number | null> {
  const [before, from] = [await target.usage(), performance.now()]
  await pause(watchedMs)
  const [after, to] = [await target.usage(), performance.now()]
  if (before === null || after === null) return null
  return ((after.cpuSeconds - before.cpuSeconds) * 1e6 * 1000) / (to - from) / connections
}

async function settled(target: Target): Promise<number | null> {
  await pause(settleMs)
  await target.collect()
  return (await target.usage())?.objectBytes ?? null
}
