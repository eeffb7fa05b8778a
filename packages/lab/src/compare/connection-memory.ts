/** What a client that is there, and idle, takes of the server's memory. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Contender, Reader } from '../contenders/contender.ts'
import { Traffic } from '../contenders/traffic.ts'
import type { Target } from './target.ts'

export interface MemoryOptions {
  readonly target: Target
  readonly contender: Contender
  readonly connections: number
  readonly channel: string
  readonly collection: string
}

const settleMs = 150
const atATime = 50

/**
 * Bytes of objects and buffers per client, as seen with this many: what is resident says little, since a process keeps
 * what it once had. `null`: the server does not tell.
 */
export async function connectionMemory({ target, contender, connections, channel, collection }: MemoryOptions) {
  const traffic = new Traffic()
  const readers: Reader[] = []
  const seat = (client: number) => ({
    endpoint: target.endpoint,
    channel,
    collection,
    cursor: '0',
    reading: 'changes' as const,
    token: null,
    traffic,
    phase: client / connections,
    hear: () => 0,
    complain: () => {},
  })
  try {
    const before = await settled(target)
    for (let first = 0; first < connections; first += atATime) {
      const count = Math.min(atATime, connections - first)
      readers.push(...(await Promise.all(Array.from({ length: count }, (_, i) => contender.open(seat(first + i))))))
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
