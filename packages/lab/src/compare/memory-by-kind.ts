import type { CompareOptions } from './compare-options.ts'
import { measureIdleClients } from './connection-memory.ts'
import type { IdleClients } from './results/candidate-result.ts'
import type { Target } from './targets/target.ts'

/** Polls of any interval hold the same connection: one stands for all. */
export async function measureMemoryByKind(
  target: Target,
  options: CompareOptions,
  channel: string,
): Promise<Map<string, IdleClients>> {
  const { candidates, workload, memoryConnections } = options
  const found = new Map<string, IdleClients>()
  if (memoryConnections === 0) return found
  // Behind a front a client costs nginx its memory, and the server's is that of the front's connections.
  for (const candidate of candidates.filter(({ front }) => front === undefined).sort((a, b) => a.staleMs - b.staleMs)) {
    const kind = candidate.kind === 'push' ? candidate.name : candidate.kind
    if (found.has(kind)) continue
    const { collection } = workload
    const idle = await measureIdleClients({
      target,
      candidate: candidate,
      connections: memoryConnections,
      channel,
      collection,
    })
    // What a poll takes of the CPU is its requests, which differ by interval: they are in its rates.
    const cpu = candidate.kind === 'poll' ? { cpuMicrosecondsPerSecond: null } : {}
    if (idle !== null) found.set(kind, { ...idle, ...cpu })
  }
  return found
}
