import type { CompareOptions } from './compare-options.ts'
import { measureConnectionMemory } from './connection-memory.ts'
import type { Target } from './targets/target.ts'

/** Polls of any interval hold the same connection: one stands for all. */
export async function measureMemoryByKind(
  target: Target,
  options: CompareOptions,
  channel: string,
): Promise<Map<string, number>> {
  const { candidates, workload, memoryConnections } = options
  const found = new Map<string, number>()
  if (memoryConnections === 0) return found
  for (const candidate of [...candidates].sort((a, b) => a.staleMs - b.staleMs)) {
    const kind = candidate.kind === 'push' ? candidate.name : candidate.kind
    if (found.has(kind)) continue
    const { collection } = workload
    const bytes = await measureConnectionMemory({
      target,
      candidate: candidate,
      connections: memoryConnections,
      channel,
      collection,
    })
    if (bytes !== null) found.set(kind, bytes)
  }
  return found
}
