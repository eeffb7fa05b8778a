/** Measures the server's memory per idle client. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Candidate, Reader } from '../candidates/candidate.ts'
import { Traffic } from '../traffic/traffic.ts'
import type { Target } from './targets/target.ts'

export interface MemoryOptions {
  readonly target: Target
  readonly candidate: Candidate
  readonly connections: number
  readonly channel: string
  readonly collection: string
}

const settleMs = 150
const atATime = 50

/**
 * Bytes of objects and buffers per client, measured with this many clients. Resident memory says little, since a process
 * keeps memory that it no longer uses. `null`: the server does not report it.
 */
export async function measureConnectionMemory({ target, candidate, connections, channel, collection }: MemoryOptions) {
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
    return Math.max(0, Math.round((after - before) / connections))
  } finally {
    for (const reader of readers) reader.close()
  }
}

async function settled(target: Target): Promise<number | null> {
  await pause(settleMs)
  await target.collect()
  return (await target.usage())?.objectBytes ?? null
}
