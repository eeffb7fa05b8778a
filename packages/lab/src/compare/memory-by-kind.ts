import type { CompareOptions } from './compare-options.ts'
import { connectionMemory } from './connection-memory.ts'
import type { Target } from './target.ts'

/** Polls of any interval hold the same connection: one stands for all. */
export async function memoryByKind(
  target: Target,
  options: CompareOptions,
  channel: string,
): Promise<Map<string, number>> {
  const { contenders, workload, memoryConnections } = options
  const found = new Map<string, number>()
  if (memoryConnections === 0) return found
  for (const contender of [...contenders].sort((a, b) => a.staleMs - b.staleMs)) {
    const kind = contender.kind === 'push' ? contender.name : contender.kind
    if (found.has(kind)) continue
    const { collection } = workload
    const bytes = await connectionMemory({ target, contender, connections: memoryConnections, channel, collection })
    if (bytes !== null) found.set(kind, bytes)
  }
  return found
}
